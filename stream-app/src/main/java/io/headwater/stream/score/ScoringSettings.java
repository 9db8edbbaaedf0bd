package io.headwater.stream.score;

import io.headwater.model.pipeline.FeatureSpec;
import java.time.Duration;
import java.util.List;

/**
 * How events are grouped.
 *
 * @param chunk most events scored under one lease, before commits get their turn
 * @param batch most events per run of the model
 * @param target how long a chunk should take at most; its size follows the measured speed
 * @param shedShadowsAfter how long an event may have waited, by its record's timestamp, for shadows
 *     to score its chunk; above, the champion's scores come first
 * @param aheadFrom how long scoring a whole poll must take for parts of it to be scored ahead: to
 *     hand them over costs some ten microseconds, and what another core has in its caches
 */
public record ScoringSettings(
    int chunk, int batch, Duration target, Duration shedShadowsAfter, Duration aheadFrom) {
  private static final Duration SHED_SHADOWS_AFTER = Duration.ofSeconds(10);
  private static final Duration AHEAD_FROM = Duration.ofMillis(2);
  private static final int ROWS = 8;

  public ScoringSettings {
    if (chunk < 1 || batch < 1) {
      throw new IllegalArgumentException("chunk and batch must be at least 1");
    }
    if (target.isNegative() || target.isZero()) {
      throw new IllegalArgumentException("the chunk's target time must be above 0");
    }
    if (shedShadowsAfter.isNegative()) {
      throw new IllegalArgumentException("the lag above which shadows are shed can't be below 0");
    }
  }

  /** Sheds shadows where events have waited for more than ten seconds. */
  public ScoringSettings(int chunk, int batch, Duration target) {
    this(chunk, batch, target, SHED_SHADOWS_AFTER, AHEAD_FROM);
  }

  public ScoringSettings withSheddingAfter(Duration lag) {
    return new ScoringSettings(chunk, batch, target, lag, aheadFrom);
  }

  ScoringSettings withAheadFrom(Duration length) {
    return new ScoringSettings(chunk, batch, target, shedShadowsAfter, length);
  }

  /**
   * The same, in chunks and batches of eight times the size where the features are rows of numbers:
   * those are short, and alike in length, so that a larger batch only gains.
   */
  public ScoringSettings of(List<FeatureSpec> features) {
    boolean rows =
        features.stream()
            .allMatch(
                feature ->
                    feature instanceof FeatureSpec.Numeric
                        || feature instanceof FeatureSpec.Categorical);
    return rows
        ? new ScoringSettings(ROWS * chunk, ROWS * batch, target, shedShadowsAfter, aheadFrom)
        : this;
  }
}
