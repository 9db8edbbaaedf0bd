package io.headwater.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How good a head's answers are on examples whose classes are known.
 *
 * @param count examples judged
 * @param accuracy share decided rightly
 * @param logLoss mean of -ln of the true class's probability, which counts as at least 1e-7
 * @param auc chance that an example of a class ranks above one of another by that class's
 *     probability, the mean over the classes; empty where fewer than two classes occur
 * @param calibrationError expected calibration error of the most probable class, ten bins of equal
 *     width (Guo et al., On Calibration of Modern Neural Networks, 2017)
 */
public record Evaluation(
    int count, double accuracy, double logLoss, OptionalDouble auc, double calibrationError) {

  /** One measure by the name it has in manifests, evidence and metrics. */
  public record Measure(String name, double value) {}

  private static final double LEAST_PROBABILITY = 1e-7;
  private static final int BINS = 10;

  /**
   * Judges answers.
   *
   * @param probabilities a row per example, a column per class
   * @param decisions the class decided for, per example
   * @param classes the true class, per example
   */
  public static Evaluation of(float[][] probabilities, int[] decisions, int[] classes) {
    if (probabilities.length != classes.length || decisions.length != classes.length) {
      throw new IllegalArgumentException(
          "%d answers and %d decisions for %d examples"
              .formatted(probabilities.length, decisions.length, classes.length));
    }
    if (classes.length == 0) {
      throw new IllegalArgumentException("no examples to judge by");
    }
    int right = 0;
    double loss = 0;
    for (int i = 0; i < classes.length; i++) {
      right += decisions[i] == classes[i] ? 1 : 0;
      loss -= Math.log(Math.max(LEAST_PROBABILITY, probabilities[i][classes[i]]));
    }
    return new Evaluation(
        classes.length,
        (double) right / classes.length,
        loss / classes.length,
        auc(probabilities, classes),
        calibrationError(probabilities, classes));
  }

  /** Each measure that is defined. */
  public List<Measure> measures() {
    List<Measure> measures = new ArrayList<>();
    measures.add(new Measure("accuracy", accuracy));
    auc.ifPresent(value -> measures.add(new Measure("auc", value)));
    measures.add(new Measure("calibration-error", calibrationError));
    measures.add(new Measure("count", count));
    measures.add(new Measure("log-loss", logLoss));
    return measures;
  }

  private static OptionalDouble auc(float[][] probabilities, int[] classes) {
    int columns = probabilities[0].length;
    // Of two classes one column says all.
    int from = columns == 2 ? 1 : 0;
    double sum = 0;
    int counted = 0;
    for (int c = from; c < columns; c++) {
      double[] scores = new double[classes.length];
      boolean[] positive = new boolean[classes.length];
      for (int i = 0; i < classes.length; i++) {
        scores[i] = probabilities[i][c];
        positive[i] = classes[i] == c;
      }
      OptionalDouble one = RankSum.auc(scores, positive);
      if (one.isPresent()) {
        sum += one.getAsDouble();
        counted++;
      }
    }
    return counted == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / counted);
  }

  private static double calibrationError(float[][] probabilities, int[] classes) {
    double[] confidence = new double[BINS];
    int[] right = new int[BINS];
    for (int i = 0; i < classes.length; i++) {
      int top = mostProbable(probabilities[i]);
      int bin = Math.min(BINS - 1, (int) (probabilities[i][top] * BINS));
      confidence[bin] += probabilities[i][top];
      right[bin] += top == classes[i] ? 1 : 0;
    }
    double error = 0;
    for (int bin = 0; bin < BINS; bin++) {
      error += Math.abs(confidence[bin] - right[bin]);
    }
    return error / classes.length;
  }

  private static int mostProbable(float[] row) {
    int top = 0;
    for (int i = 1; i < row.length; i++) {
      top = row[i] > row[top] ? i : top;
    }
    return top;
  }
}
