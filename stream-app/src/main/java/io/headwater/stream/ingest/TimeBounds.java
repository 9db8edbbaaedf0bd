package io.headwater.stream.ingest;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Pipeline.OutOfBounds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * The times that a pipeline takes for real: [now - maxAge, now + maxSkew], never before 1970.
 *
 * <p>A single far-future time would expire everything the join holds, and a negative one makes
 * Kafka Streams drop the record unseen.
 */
public final class TimeBounds {
  private final long maxAgeMillis;
  private final long maxSkewMillis;
  private final OutOfBounds policy;
  private final Clock clock;

  public TimeBounds(Pipeline.Event event, Clock clock) {
    this.maxAgeMillis = saturatedMillis(event.maxAge());
    this.maxSkewMillis = saturatedMillis(event.maxSkew());
    this.policy = event.outOfBounds();
    this.clock = clock;
  }

  /** The time to go by, in epoch milliseconds, or empty where the pipeline refuses it. */
  public OptionalLong admit(long millis) {
    long clamped = clamp(millis);
    return clamped == millis || policy == OutOfBounds.CLAMP
        ? OptionalLong.of(clamped)
        : OptionalLong.empty();
  }

  /** The nearest time within the bounds, in epoch milliseconds. */
  public long clamp(long millis) {
    long now = clock.millis();
    long earliest = Math.max(0, now - Math.min(maxAgeMillis, now));
    long latest = saturatedSum(now, maxSkewMillis);
    return Math.min(Math.max(millis, earliest), latest);
  }

  /** Epoch milliseconds of a time that may be too far off for them. */
  static long millis(Instant time) {
    try {
      return time.toEpochMilli();
    } catch (ArithmeticException e) {
      return time.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** Milliseconds of a duration that may be too long for them. */
  public static long saturatedMillis(Duration duration) {
    try {
      return duration.toMillis();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /** The sum of two numbers that aren't negative. */
  public static long saturatedSum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
