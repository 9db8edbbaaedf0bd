package io.headwater.trainer.tune;

import java.util.HashMap;
import java.util.Map;

/**
 * What a head learns from, one row per example.
 *
 * @param activations what the frozen prefix answered, all of one width
 * @param targets what the head is to answer
 * @param weights how much each example counts, > 0
 */
public record TrainingSet(float[][] activations, Targets targets, float[] weights) {
  public TrainingSet {
    if (activations.length != targets.size() || activations.length != weights.length) {
      throw new IllegalArgumentException(
          "%d activations, %d targets and %d weights don't pair up"
              .formatted(activations.length, targets.size(), weights.length));
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

  /** Examples of classes, by index. */
  public TrainingSet(float[][] activations, int[] classes, float[] weights) {
    this(activations, new Targets.Classes(classes), weights);
  }

  /**
   * Index of each example's class.
   *
   * @throws IllegalStateException where the targets are no classes
   */
  public int[] classes() {
    if (targets instanceof Targets.Classes known) {
      return known.classes();
    }
    throw new IllegalStateException("the examples have values, not classes");
  }

  /** The same examples, each weight times that of its class. */
  public TrainingSet weighted(float[] byClass) {
    float[] weighted = new float[weights.length];
    for (int i = 0; i < weighted.length; i++) {
      weighted[i] = weights[i] * byClass[classes()[i]];
    }
    return new TrainingSet(activations, targets, weighted);
  }

  /**
   * The same examples, with weights scaled so that every class weighs the same in all and the mean
   * weight stays what it was.
   */
  TrainingSet balanced() {
    int[] classes = classes();
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
    return new TrainingSet(activations, targets, balanced);
  }

  public int size() {
    return weights.length;
  }

  /** Values per activation; 0 where there are none. */
  public int width() {
    return activations.length == 0 ? 0 : activations[0].length;
  }
}
