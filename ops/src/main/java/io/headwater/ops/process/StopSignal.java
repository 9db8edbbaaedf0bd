package io.headwater.ops.process;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish to end this process, told by Ctrl-C or TERM; told a second time, it is granted at once.
 *
 * <p>Safe for use by several threads.
 */
public final class StopSignal {
  private static final int STATUS_OF_CTRL_C = 130;

  private final CountDownLatch told = new CountDownLatch(1);

  private StopSignal() {}

  /** Takes the process's signals from now on. */
  public static StopSignal listen() {
    StopSignal stop = new StopSignal();
    Signals.onStop(stop::tell);
    return stop;
  }

  private void tell() {
    if (told.getCount() == 0) {
      Runtime.getRuntime().halt(STATUS_OF_CTRL_C);
    }
    told.countDown();
  }

  public boolean isTold() {
    return told.getCount() == 0;
  }

  /** Waits until it is told, at most the given time. */
  public boolean await(Duration atMost) throws InterruptedException {
    return told.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits until it is told. */
  public void await() throws InterruptedException {
    told.await();
  }
}
