package io.headwater.trainer.plan;

import io.headwater.trainer.evaluate.Evaluation;
import java.util.Arrays;
import java.util.Random;

/**
 * How like two sets of activations are: a classifier is fitted to tell them apart, and judged on
 * rows that it has not seen (Lopez-Paz and Oquab, Revisiting Classifier Two-Sample Tests, 2017,
 * with the area under the ROC curve in place of the accuracy).
 *
 * <p>The classifier is a logistic regression with a ridge penalty; the area is the mean over five
 * folds. A mean below one half is chance and counts as one half. The area says whether the two
 * differ at all, and is near 1 for most tasks that do; how far they differ is told by their means.
 */
public final class TwoSampleTest {
  /** Fewer rows than this say nothing. */
  static final int LEAST = 20;

  private static final int MOST = 500;
  private static final int FOLDS = 5;
  private static final int STEPS = 150;
  private static final int POWER_STEPS = 12;
  private static final double RIDGE = 0.05;

  private final double[][] rows;
  private final boolean[] target;
  private final int width;

  private TwoSampleTest(double[][] rows, boolean[] target) {
    this.rows = rows;
    this.target = target;
    this.width = rows[0].length;
  }

  /**
   * Compares; the same arguments give the same answer.
   *
   * @param source a row per event, all of one width; of more than 500 a spread sample is taken
   * @param target the same of the target
   * @param seed of the folds
   */
  public static Likeness of(float[][] source, float[][] target, long seed) {
    if (source.length < LEAST || target.length < LEAST) {
      return new Likeness.Unknown(
          "%d events of the source and %d of the target are fewer than %d"
              .formatted(source.length, target.length, LEAST));
    }
    int each = Math.min(MOST, Math.min(source.length, target.length));
    double[][] rows = new double[2 * each][];
    boolean[] isTarget = new boolean[2 * each];
    for (int i = 0; i < each; i++) {
      rows[2 * i] = doubles(source[(int) ((long) i * source.length / each)]);
      rows[2 * i + 1] = doubles(target[(int) ((long) i * target.length / each)]);
      isTarget[2 * i + 1] = true;
    }
    double shift = shift(rows, isTarget);
    standardise(rows);
    double auc = Math.max(0.5, new TwoSampleTest(rows, isTarget).auc(seed));
    return new Likeness.Known(shift, auc, each, each);
  }

  /**
   * How far apart the means of a typical column are, in standard deviations within the two kinds
   * (Cohen's d): the root of the mean share of variance that the kind explains, brought to that
   * scale; without what chance alone would give.
   */
  private static double shift(double[][] rows, boolean[] target) {
    int each = rows.length / 2;
    double explained = 0;
    int columns = 0;
    for (int j = 0; j < rows[0].length; j++) {
      double[] sum = new double[2];
      double[] square = new double[2];
      for (int i = 0; i < rows.length; i++) {
        int kind = target[i] ? 1 : 0;
        sum[kind] += rows[i][j];
        square[kind] += rows[i][j] * rows[i][j];
      }
      double first = sum[0] / each;
      double second = sum[1] / each;
      double within =
          (square[0] - each * first * first + square[1] - each * second * second)
              / (2.0 * (each - 1));
      double chance = within / (2.0 * each);
      double between = Math.max(0, (first - second) * (first - second) / 4 - chance);
      if (between + within > 1e-12) {
        explained += between / (between + within);
        columns++;
      }
    }
    double share = columns == 0 ? 0 : explained / columns;
    return Math.sqrt(4 * share / Math.max(1e-12, 1 - share));
  }

  private double auc(long seed) {
    int[] fold = folds(seed);
    double sum = 0;
    for (int held = 0; held < FOLDS; held++) {
      int out = held;
      double[] weights = fitted(i -> fold[i] != out);
      int count = (int) Arrays.stream(fold).filter(f -> f == out).count();
      float[][] answers = new float[count][];
      int[] classes = new int[count];
      int at = 0;
      for (int i = 0; i < rows.length; i++) {
        if (fold[i] == held) {
          float chance = (float) sigmoid(score(weights, rows[i]));
          answers[at] = new float[] {1 - chance, chance};
          classes[at++] = target[i] ? 1 : 0;
        }
      }
      sum += Evaluation.of(answers, new int[count], classes).auc().orElse(0.5);
    }
    return sum / FOLDS;
  }

  /** A fold for each row; both kinds are spread evenly over them. */
  private int[] folds(long seed) {
    Random random = new Random(seed);
    int pairs = rows.length / 2;
    int[] byPair = new int[pairs];
    for (int i = 0; i < pairs; i++) {
      byPair[i] = i % FOLDS;
    }
    for (int i = pairs - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = byPair[i];
      byPair[i] = byPair[j];
      byPair[j] = swapped;
    }
    int[] fold = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      fold[i] = byPair[i / 2];
    }
    return fold;
  }

  /** Which rows are fitted to. */
  @FunctionalInterface
  private interface Chosen {
    boolean row(int index);
  }

  /** Accelerated gradient descent (Nesterov 1983) at the step that the largest curvature allows. */
  private double[] fitted(Chosen chosen) {
    double step = 1 / (RIDGE + 0.25 * largestSquare(chosen));
    double[] weights = new double[width + 1];
    double[] ahead = weights.clone();
    for (int i = 1; i <= STEPS; i++) {
      double[] slope = slope(ahead, chosen);
      double[] next = new double[width + 1];
      double momentum = (i - 1.0) / (i + 2.0);
      for (int j = 0; j <= width; j++) {
        next[j] = ahead[j] - step * slope[j];
        ahead[j] = next[j] + momentum * (next[j] - weights[j]);
      }
      weights = next;
    }
    return weights;
  }

  private double[] slope(double[] weights, Chosen chosen) {
    double[] slope = new double[width + 1];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (chosen.row(i)) {
        double error = sigmoid(score(weights, rows[i])) - (target[i] ? 1 : 0);
        add(slope, rows[i], error);
        count++;
      }
    }
    for (int j = 0; j <= width; j++) {
      slope[j] = slope[j] / count + (j < width ? RIDGE * weights[j] : 0);
    }
    return slope;
  }

  /** The largest eigenvalue of the rows' second moments, by power iteration, rounded up. */
  private double largestSquare(Chosen chosen) {
    double[] vector = new double[width + 1];
    Arrays.fill(vector, 1 / Math.sqrt(width + 1.0));
    double largest = 1;
    for (int step = 0; step < POWER_STEPS; step++) {
      double[] image = new double[width + 1];
      int count = 0;
      for (int i = 0; i < rows.length; i++) {
        if (chosen.row(i)) {
          add(image, rows[i], score(vector, rows[i]));
          count++;
        }
      }
      double norm = 0;
      for (double value : image) {
        norm += value * value;
      }
      norm = Math.sqrt(norm);
      largest = Math.max(1, norm / count);
      for (int j = 0; j <= width && norm > 0; j++) {
        vector[j] = image[j] / norm;
      }
    }
    return 1.5 * largest;
  }

  private double score(double[] weights, double[] row) {
    double sum = weights[width];
    for (int j = 0; j < width; j++) {
      sum += weights[j] * row[j];
    }
    return sum;
  }

  private void add(double[] to, double[] row, double times) {
    for (int j = 0; j < width; j++) {
      to[j] += times * row[j];
    }
    to[width] += times;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Each column to mean 0 and deviation 1; constant ones to 0. */
  private static void standardise(double[][] rows) {
    for (int j = 0; j < rows[0].length; j++) {
      double sum = 0;
      double square = 0;
      for (double[] row : rows) {
        sum += row[j];
        square += row[j] * row[j];
      }
      double mean = sum / rows.length;
      double deviation = Math.sqrt(Math.max(0, square / rows.length - mean * mean));
      for (double[] row : rows) {
        row[j] = deviation > 1e-12 ? (row[j] - mean) / deviation : 0;
      }
    }
  }

  private static double[] doubles(float[] row) {
    double[] doubles = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      doubles[i] = row[i];
    }
    return doubles;
  }
}
