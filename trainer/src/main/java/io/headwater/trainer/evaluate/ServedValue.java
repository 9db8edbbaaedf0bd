package io.headwater.trainer.evaluate;

import java.time.Instant;

/**
 * A number as it was predicted, and the true one.
 *
 * @param value that was predicted
 * @param truth that came later
 */
public record ServedValue(
    String eventId,
    String version,
    double value,
    double truth,
    Instant scoredAt,
    Instant labeledAt,
    String slice)
    implements Answered {

  public double error() {
    return value - truth;
  }
}
