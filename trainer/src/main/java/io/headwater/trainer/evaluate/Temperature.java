package io.headwater.trainer.evaluate;

import java.util.Arrays;

/**
 * The one number that a head's logits are divided by so that its probabilities fit how often it is
 * right (Guo et al., On Calibration of Modern Neural Networks, 2017). No ranking changes, nor which
 * class is the most probable.
 *
 * @param value above 1 where the head was too sure of itself
 */
public record Temperature(double value) {
  /** A head whose answers stay as they are. */
  public static final Temperature NONE = new Temperature(1);

  private static final double LOWEST = 0.1;
  private static final double HIGHEST = 10;
  private static final double LEAST_PROBABILITY = 1e-30;
  private static final int STEPS = 60;
  private static final double CLOSE = 1e-9;

  public Temperature {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("a temperature can't be " + value);
    }
  }

  /**
   * Fits it to held-out examples: the least mean log-loss, which is convex in 1 / T, by Newton's
   * method kept inside a shrinking bracket. It stays within [0.1, 10], where it ends when all
   * answers are right, or when there is nothing to fit to.
   *
   * @param probabilities a row per example, a column per class
   * @param classes the true class, per example
   */
  public static Temperature fit(float[][] probabilities, int[] classes) {
    float[] alike = new float[classes.length];
    Arrays.fill(alike, 1);
    return fit(probabilities, classes, alike);
  }

  /**
   * Fits it to examples of which some count more than others.
   *
   * @param weights how much each counts, > 0
   */
  public static Temperature fit(float[][] probabilities, int[] classes, float[] weights) {
    if (classes.length == 0) {
      return NONE;
    }
    double low = 1 / HIGHEST;
    double high = 1 / LOWEST;
    double inverse = 1;
    for (int step = 0; step < STEPS && high - low > CLOSE; step++) {
      double slope = 0;
      double curvature = 0;
      for (int i = 0; i < classes.length; i++) {
        double[] logits = logits(probabilities[i]);
        double[] tempered = softmax(logits, inverse);
        double mean = 0;
        double square = 0;
        for (int c = 0; c < logits.length; c++) {
          mean += tempered[c] * logits[c];
          square += tempered[c] * logits[c] * logits[c];
        }
        slope += weights[i] * (mean - logits[classes[i]]);
        curvature += weights[i] * (square - mean * mean);
      }
      if (slope > 0) {
        high = inverse;
      } else {
        low = inverse;
      }
      double newton = inverse - slope / curvature;
      double next = newton > low && newton < high ? newton : (low + high) / 2;
      if (Math.abs(next - inverse) < CLOSE) {
        inverse = next;
        break;
      }
      inverse = next;
    }
    return new Temperature(1 / inverse);
  }

  /** What the head answers once its logits are divided. */
  public float[][] applied(float[][] probabilities) {
    float[][] applied = new float[probabilities.length][];
    for (int i = 0; i < applied.length; i++) {
      double[] tempered = softmax(logits(probabilities[i]), 1 / value);
      applied[i] = new float[tempered.length];
      for (int c = 0; c < tempered.length; c++) {
        applied[i][c] = (float) tempered[c];
      }
    }
    return applied;
  }

  /** Logits up to a constant, which softmax does not see. */
  private static double[] logits(float[] row) {
    double[] logits = new double[row.length];
    for (int c = 0; c < row.length; c++) {
      logits[c] = Math.log(Math.max(LEAST_PROBABILITY, row[c]));
    }
    return logits;
  }

  private static double[] softmax(double[] logits, double inverse) {
    double max = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      max = Math.max(max, logit * inverse);
    }
    double sum = 0;
    double[] probabilities = new double[logits.length];
    for (int c = 0; c < logits.length; c++) {
      probabilities[c] = Math.exp(logits[c] * inverse - max);
      sum += probabilities[c];
    }
    for (int c = 0; c < logits.length; c++) {
      probabilities[c] /= sum;
    }
    return probabilities;
  }
}
