package io.headwater.ops.process;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wish to end this process, told by Ctrl-C or TERM; told a second time, it is granted at once.
 *
 * <p>Safe for use by several threads.
 */
public final class StopSignal {
  /** The exit status of what was ended before it was done. */
  public static final int STATUS = 130;

  private static final Logger LOG = LoggerFactory.getLogger(LogFile.FILE_ONLY);
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** What ends early, with whatever exception, when its thread is interrupted. */
  @FunctionalInterface
  public interface Work {
    /** Does it, and gives the exit status. */
    int run() throws InterruptedException;
  }

  private final CountDownLatch told = new CountDownLatch(1);

  private StopSignal() {}

  /** Takes the process's signals from now on. */
  public static StopSignal listen() {
    StopSignal stop = untold();
    Signals.onStop(stop::tell);
    return stop;
  }

  static StopSignal untold() {
    return new StopSignal();
  }

  void tell() {
    if (told.getCount() == 0) {
      Runtime.getRuntime().halt(STATUS);
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

  /**
   * Does work on the calling thread, which is interrupted when this is told: the work closes what
   * it has opened, and the JVM, with its native libraries idle, can end. Work that goes on for ten
   * seconds more is cut off.
   *
   * @return the work's exit status; {@link #STATUS} where it was ended
   */
  public int orInterrupt(Work work) {
    Thread interrupter = interrupterOf(Thread.currentThread());
    try {
      return work.run();
    } catch (InterruptedException e) {
      return STATUS;
    } catch (RuntimeException e) {
      if (isTold()) {
        LOG.info("ended early", e);
        return STATUS;
      }
      throw e;
    } finally {
      interrupter.interrupt();
    }
  }

  /**
   * For work that computes and never waits.
   *
   * @throws CancellationException where the thread was interrupted
   */
  public static void requireUninterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted");
    }
  }

  /** Waits, inside of {@link #orInterrupt}, until this is told; the work then goes on. */
  public static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      LOG.info("told to stop");
    }
  }

  private Thread interrupterOf(Thread worker) {
    Thread interrupter =
        new Thread(
            () -> {
              try {
                await();
                worker.interrupt();
                Thread.sleep(GRACE.toMillis());
                Runtime.getRuntime().halt(STATUS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "stop");
    interrupter.setDaemon(true);
    interrupter.start();
    return interrupter;
  }
}
