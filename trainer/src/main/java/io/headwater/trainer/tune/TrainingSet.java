package io.headwater.trainer.tune;

import java.util.HashMap;
import java.util.Map;

/**
 * What a head learns from, one row per example.
 *
 * @param activations what the frozen prefix answered, all of one width
 * @param classes index of each example's class
 * @param weights how much each example counts, > 0
 */
public record TrainingSet(float[][] activations, int[] classes, float[] weights) {
  public TrainingSet {
    if (activations.length != classes.length || activations.length != weights.length) {
      throw new IllegalArgumentException(
          "%d activations, %d classes and %d weights don't pair up"
              .formatted(activations.length, classes.length, weights.length));
    }
    for (int i = 0; i < activations.length; i++) {
      if (activations[i].length != activations[0].length) {
        throw new IllegalArgumentException(
            "activation %d has %d values where the first has %d"
                .formatted(i, activations[i].length, activations[0].length));
      }
      if (!(weights[i] > 0) || Float.isInfinite(weights[i])) {
        throw new IllegalArgumentException("example " + i + " has weight " + weights[i]);
      }
    }
  }

  /**
   * The same examples, with weights scaled so that every class weighs the same in all and the mean
   * weight stays what it was.
   */
  TrainingSet balanced() {
    double all = 0;
    Map<Integer, Double> byClass = new HashMap<>();
    for (int i = 0; i < classes.length; i++) {
      all += weights[i];
      byClass.merge(classes[i], (double) weights[i], Double::sum);
    }
    float[] balanced = new float[weights.length];
    for (int i = 0; i < balanced.length; i++) {
      double share = all / byClass.size();
      balanced[i] = (float) (weights[i] * share / byClass.getOrDefault(classes[i], share));
    }
    return new TrainingSet(activations, classes, balanced);
  }

  public int size() {
    return classes.length;
  }

  /** Values per activation; 0 where there are none. */
  public int width() {
    return activations.length == 0 ? 0 : activations[0].length;
  }
}
