package io.headwater.model.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headwater.model.guard.ModelRefusedException;
import io.headwater.model.guard.RefusalReason;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Runs a model that is not yet trusted, and ends the run when its time is up.
 *
 * <p>ONNX Runtime looks for the end between two nodes: one that alone takes longer is refused once
 * it is done.
 */
final class TimeLimit {
  private static final ScheduledThreadPoolExecutor WATCH = watch();

  private TimeLimit() {}

  /**
   * What {@code run} answers.
   *
   * @throws ModelRefusedException where it took longer than {@code limit}
   */
  static <T> T within(String what, Duration limit, Function<OrtSession.RunOptions, T> run) {
    long started = System.nanoTime();
    try (OrtSession.RunOptions options = new OrtSession.RunOptions()) {
      Ending ending = new Ending(options);
      ScheduledFuture<?> watch = WATCH.schedule(ending, limit.toNanos(), TimeUnit.NANOSECONDS);
      try {
        T answer = run.apply(options);
        if (System.nanoTime() - started > limit.toNanos()) {
          throw tooSlow(what, limit);
        }
        return answer;
      } catch (InferenceException e) {
        if (ending.came) {
          throw tooSlow(what, limit);
        }
        throw e;
      } finally {
        watch.cancel(false);
        ending.disarm();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime can't make the options of a run", e);
    }
  }

  private static ModelRefusedException tooSlow(String what, Duration limit) {
    return new ModelRefusedException(
        RefusalReason.TOO_SLOW,
        "%s takes longer than %d ms for its goldens; publish a smaller model, or start with a higher -Dheadwater.guard.max-run-ms"
            .formatted(what, limit.toMillis()));
  }

  /** Ends the run, unless the options have gone by then. */
  private static final class Ending implements Runnable {
    private final OrtSession.RunOptions options;
    private boolean disarmed;
    volatile boolean came;

    Ending(OrtSession.RunOptions options) {
      this.options = options;
    }

    @Override
    public synchronized void run() {
      if (!disarmed) {
        came = true;
        try {
          options.setTerminate(true);
        } catch (OrtException e) {
          throw new IllegalStateException("ONNX Runtime can't end a run", e);
        }
      }
    }

    synchronized void disarm() {
      disarmed = true;
    }
  }

  private static ScheduledThreadPoolExecutor watch() {
    ScheduledThreadPoolExecutor watch =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "headwater-model-time-limit");
              thread.setDaemon(true);
              return thread;
            });
    watch.setRemoveOnCancelPolicy(true);
    return watch;
  }
}
