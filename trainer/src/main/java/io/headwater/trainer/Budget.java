package io.headwater.trainer;

import io.headwater.model.pipeline.Pipeline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Keeps training's steps to a share of the time: each time that it is asked whether to stop, which
 * is before each step, it first rests in proportion to what the last step took.
 *
 * <p>Confined to one thread.
 */
public final class Budget implements BooleanSupplier {
  private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(50);

  /** Rests for some nanoseconds, or less. */
  interface Rest {
    void upTo(long nanos);
  }

  private final double share;
  private final BooleanSupplier cancelled;
  private final LongSupplier clock;
  private final Rest rest;
  private long from = Long.MIN_VALUE;

  Budget(double share, BooleanSupplier cancelled, LongSupplier clock, Rest rest) {
    this.share = share;
    this.cancelled = cancelled;
    this.clock = clock;
    this.rest = rest;
  }

  /** What asks {@code cancelled}, at the pipeline's pace. */
  public static BooleanSupplier of(Pipeline.Training training, BooleanSupplier cancelled) {
    double share = training.tuning().budget();
    return share < 1
        ? new Budget(share, cancelled, System::nanoTime, LockSupport::parkNanos)
        : cancelled;
  }

  /** Whether to stop; asked anew after each short rest. */
  @Override
  public boolean getAsBoolean() {
    long now = clock.getAsLong();
    if (from != Long.MIN_VALUE) {
      long until = now + (long) ((now - from) * (1 / share - 1));
      while (now < until) {
        if (cancelled.getAsBoolean()) {
          return true;
        }
        rest.upTo(Math.min(LONGEST_REST, until - now));
        now = clock.getAsLong();
      }
    }
    from = now;
    return cancelled.getAsBoolean();
  }
}
