package io.headwater.ops.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Shows a run's progress on the screen, on a thread of its own, until it is closed. */
final class ShownProgress implements AutoCloseable {
  private static final long LOOK_MILLIS = 200;

  /** The rate shown is that of the last five seconds. */
  private static final int LOOKS = 25;

  private record Look(long nanos, long answered) {}

  private final Ledger ledger;
  private final Screen screen;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(this::show, "demo-screen");

  private ShownProgress(Ledger ledger, Screen screen) {
    this.ledger = ledger;
    this.screen = screen;
    thread.setDaemon(true);
  }

  static ShownProgress start(Ledger ledger, Screen screen) {
    ShownProgress shown = new ShownProgress(ledger, screen);
    shown.thread.start();
    return shown;
  }

  private void show() {
    Deque<Look> looks = new ArrayDeque<>();
    try {
      while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        Progress progress = ledger.progress();
        Look now = new Look(System.nanoTime(), progress.answered());
        looks.addLast(now);
        Look then = looks.size() > LOOKS ? looks.removeFirst() : looks.getFirst();
        double seconds = (now.nanos() - then.nanos()) / 1e9;
        screen.show(progress, seconds > 0 ? (now.answered() - then.answered()) / seconds : 0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends showing and takes the bar away. */
  @Override
  public void close() {
    closed.countDown();
    screen.clear();
  }
}
