package io.headwater.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How good a head's answers are on examples whose classes are known.
 *
 * @param count examples judged
 * @param accuracy share decided rightly
 * @param logLoss mean of -ln of the true class's probability, which counts as at least 1e-7
 * @param auc chance that an example of a class ranks above one of another by that class's
 *     probability, the mean over the classes; empty where fewer than two classes occur
 * @param averagePrecision area under precision over recall of a class by its probability, the mean
 *     over the classes that occur, or that of the second of two classes; empty where that does not
 *     occur
 * @param calibrationError expected calibration error of the most probable class, {@linkplain
 *     CalibrationError ten bins of equal mass}
 */
public record Evaluation(
    int count,
    double accuracy,
    double logLoss,
    OptionalDouble auc,
    OptionalDouble averagePrecision,
    double calibrationError)
    implements Figures {

  /** One measure by the name it has in manifests, evidence and metrics. */
  public record Measure(String name, double value) {}

  private static final double LEAST_PROBABILITY = 1e-7;

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
        mean(probabilities, classes, RankSum::auc),
        mean(probabilities, classes, AveragePrecision::of),
        CalibrationError.of(probabilities, classes));
  }

  @Override
  public List<Measure> measures() {
    List<Measure> measures = new ArrayList<>();
    measures.add(new Measure("accuracy", accuracy));
    auc.ifPresent(value -> measures.add(new Measure("auc", value)));
    averagePrecision.ifPresent(value -> measures.add(new Measure("average-precision", value)));
    measures.add(new Measure("calibration-error", calibrationError));
    measures.add(new Measure("count", count));
    measures.add(new Measure("log-loss", logLoss));
    return measures;
  }

  @Override
  public List<Measure> headline() {
    return List.of(new Measure("accuracy", accuracy), new Measure("log-loss", logLoss));
  }

  /**
   * Log-loss is a proper score and tells apart what accuracy, in steps of one example, does not.
   */
  @Override
  public boolean betterThan(Figures other) {
    return other instanceof Evaluation classes && logLoss < classes.logLoss;
  }

  @Override
  public String said() {
    return String.format(Locale.ROOT, "accuracy %.4f and log-loss %.4f", accuracy, logLoss);
  }

  @Override
  public String against(Figures champion) {
    double theirs = champion instanceof Evaluation classes ? classes.accuracy : Double.NaN;
    return String.format(
        Locale.ROOT,
        "accuracy %.4f against the champion's %.4f on %d held-out examples",
        accuracy,
        theirs,
        count);
  }

  /** How well a class's probabilities set its examples apart. */
  @FunctionalInterface
  private interface Ranking {
    OptionalDouble of(double[] scores, boolean[] positive);
  }

  private static OptionalDouble mean(float[][] probabilities, int[] classes, Ranking ranking) {
    int columns = probabilities[0].length;
    // Of two classes one column says all.
    int from = columns == 2 ? 1 : 0;
    double sum = 0;
    int counted = 0;
    for (int c = from; c < columns; c++) {
      OptionalDouble one = ranking.of(column(probabilities, c), members(classes, c));
      if (one.isPresent()) {
        sum += one.getAsDouble();
        counted++;
      }
    }
    return counted == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / counted);
  }

  static double[] column(float[][] probabilities, int c) {
    double[] scores = new double[probabilities.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = probabilities[i][c];
    }
    return scores;
  }

  static boolean[] members(int[] classes, int c) {
    boolean[] members = new boolean[classes.length];
    for (int i = 0; i < members.length; i++) {
      members[i] = classes[i] == c;
    }
    return members;
  }

  static int mostProbable(float[] row) {
    int top = 0;
    for (int i = 1; i < row.length; i++) {
      top = row[i] > row[top] ? i : top;
    }
    return top;
  }
}
