package io.headwater.trainer.tune;

import io.headwater.model.runtime.Crossing;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What trained segments learn from, one row per example.
 *
 * @param activations what crosses to them, one input behind the other
 * @param shapes how each row falls to the inputs
 * @param targets what the head is to answer
 * @param weights how much each example counts, > 0
 */
public record TrainingSet(
    float[][] activations, List<Crossing.Shape> shapes, Targets targets, float[] weights) {
  public TrainingSet {
    shapes = List.copyOf(shapes);
    if (activations.length != targets.size()
        || activations.length != weights.length
        || activations.length != shapes.size()) {
      throw new IllegalArgumentException(
          "%d activations, %d targets and %d weights don't pair up"
              .formatted(activations.length, targets.size(), weights.length));
    }
    for (int i = 0; i < activations.length; i++) {
      if (activations[i].length != shapes.get(i).size()) {
        throw new IllegalArgumentException(
            "activation %d has %d values where %s are expected"
                .formatted(i, activations[i].length, shapes.get(i).inputs()));
      }
      if (!(weights[i] > 0) || Float.isInfinite(weights[i])) {
        throw new IllegalArgumentException("example " + i + " has weight " + weights[i]);
      }
    }
  }

  /** Activations of one width, as one value that crosses. */
  public TrainingSet(float[][] activations, Targets targets, float[] weights) {
    this(activations, flat(activations), targets, weights);
  }

  /** What crossed for examples of classes, by index. */
  public static TrainingSet of(List<Crossing> rows, int[] classes, float[] weights) {
    return of(rows, new Targets.Classes(classes), weights);
  }

  /** What crossed for examples. */
  public static TrainingSet of(List<Crossing> rows, Targets targets, float[] weights) {
    return new TrainingSet(
        rows.stream().map(Crossing::values).toArray(float[][]::new),
        rows.stream().map(Crossing::shape).toList(),
        targets,
        weights);
  }

  private static List<Crossing.Shape> flat(float[][] activations) {
    return activations.length == 0
        ? List.of()
        : Collections.nCopies(activations.length, Crossing.Shape.flat(activations[0].length));
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
    return new TrainingSet(activations, shapes, targets, weighted);
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
    return new TrainingSet(activations, shapes, targets, balanced);
  }

  public int size() {
    return weights.length;
  }

  /** Most values that an activation has; 0 where there are none. */
  public int width() {
    int width = 0;
    for (float[] activation : activations) {
      width = Math.max(width, activation.length);
    }
    return width;
  }
}
