package io.headwater.model.pipeline;

import java.util.Map;

/**
 * How numbers are predicted, where the pipeline's labels are numbers.
 *
 * @param loss what training makes small
 * @param huberDelta up to which error Huber's loss is squared, in standard deviations of the labels
 * @param levels decision by the value from which on it is taken; may be empty
 * @param below the decision below all levels; empty for none
 */
public record Regression(Loss loss, double huberDelta, Map<String, Double> levels, String below) {
  /** The losses of a regression. */
  public enum Loss {
    /** Half the squared error: predicts the mean. */
    SQUARED,
    /** Squared near and linear far off (Huber, 1964): outliers count less. */
    HUBER
  }

  public Regression {
    levels = Map.copyOf(levels);
  }
}
