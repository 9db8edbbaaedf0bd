package io.headwater.trainer.tune;

import java.util.List;
import java.util.Map;

/** How a tuning ended. */
public sealed interface TuneOutcome {
  /** Mean training loss of each epoch that ended. */
  List<Double> losses();

  /**
   * New weights, all finite.
   *
   * @param weights by initializer, in row-major order
   */
  record Tuned(Map<String, float[]> weights, List<Double> losses) implements TuneOutcome {
    public Tuned {
      weights = Map.copyOf(weights);
      losses = List.copyOf(losses);
    }
  }

  /**
   * The loss or the weights ran away, and the tuning was stopped.
   *
   * @param reason what was seen and where
   */
  record Diverged(String reason, List<Double> losses) implements TuneOutcome {
    public Diverged {
      losses = List.copyOf(losses);
    }
  }
}
