package io.headwater.stream.score;

import java.time.Duration;

/**
 * How events are grouped.
 *
 * @param chunk most events scored under one lease, before commits get their turn
 * @param batch most events per run of the model
 * @param target how long a chunk should take at most; its size follows the measured speed
 */
public record ScoringSettings(int chunk, int batch, Duration target) {
  public ScoringSettings {
    if (chunk < 1 || batch < 1) {
      throw new IllegalArgumentException("chunk and batch must be at least 1");
    }
    if (target.isNegative() || target.isZero()) {
      throw new IllegalArgumentException("the chunk's target time must be above 0");
    }
  }
}
