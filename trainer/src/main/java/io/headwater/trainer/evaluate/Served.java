package io.headwater.trainer.evaluate;

import java.time.Instant;

/**
 * An answer as it was given, and the truth that came later.
 *
 * @param version that gave it
 * @param probabilities one per class
 * @param decision the class decided for
 * @param classIndex the true one
 * @param scoredAt when it was given
 * @param labeledAt when the truth was known
 * @param slice the part of the stream that the event belongs to; empty where the pipeline has none
 */
public record Served(
    String eventId,
    String version,
    float[] probabilities,
    int decision,
    int classIndex,
    Instant scoredAt,
    Instant labeledAt,
    String slice)
    implements Answered {

  public boolean right() {
    return decision == classIndex;
  }

  /**
   * Half the squared distance of the probabilities from the truth (Brier, 1950), in [0, 1]; NaN
   * where a probability is.
   */
  public double loss() {
    double sum = 0;
    for (int c = 0; c < probabilities.length; c++) {
      double off = probabilities[c] - (c == classIndex ? 1 : 0);
      sum += off * off;
    }
    return Math.min(1, sum / 2);
  }
}
