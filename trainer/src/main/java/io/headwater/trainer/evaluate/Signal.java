package io.headwater.trainer.evaluate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * How likely guesses would rank the classes of some examples as well as a head's answers do: a
 * permutation test of the mean area under the ROC curve (Pitman, Significance Tests Which May be
 * Applied to Samples from Any Populations, 1937).
 *
 * @param chance share of shuffles of the classes that the answers rank at least as well, in (0, 1]
 * @param arrangements ln of how many ways there are to shuffle the classes: few where the examples
 *     are few, or nearly all of one class
 */
public record Signal(double chance, double arrangements) {
  private static final int SHUFFLES = 4_999;
  private static final double GUESSED = 0.001;

  /** With fewer ways not even a perfect ranking stands out at that level. */
  private static final double TELLING = Math.log(1 / GUESSED);

  /** With so many even a middling head does. */
  private static final double AMPLE = Math.log(10_000);

  /**
   * Looks at answers.
   *
   * @param probabilities a row per example, a column per class
   * @param classes the true class, per example
   * @param seed of the shuffles
   */
  public static Signal of(float[][] probabilities, int[] classes, long seed) {
    int columns = probabilities.length == 0 ? 0 : probabilities[0].length;
    int[] counts = new int[columns];
    for (int c : classes) {
      counts[c]++;
    }
    double[][] ranks = new double[columns][];
    for (int c = 0; c < columns; c++) {
      ranks[c] = ranks(Evaluation.column(probabilities, c));
    }
    double seen = area(ranks, classes, counts);
    int[] shuffled = classes.clone();
    Random random = new Random(seed);
    int asGood = 1;
    for (int shuffle = 0; shuffle < SHUFFLES; shuffle++) {
      for (int i = shuffled.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int one = shuffled[i];
        shuffled[i] = shuffled[j];
        shuffled[j] = one;
      }
      asGood += area(ranks, shuffled, counts) >= seen ? 1 : 0;
    }
    double ways = lnFactorial(classes.length);
    for (int count : counts) {
      ways -= lnFactorial(count);
    }
    return new Signal((double) asGood / (SHUFFLES + 1), ways);
  }

  /** Whether there are examples enough of more than one class for a middling head to stand out. */
  public boolean isAmple() {
    return arrangements >= AMPLE;
  }

  /** Whether the answers can't be told from guesses, be it that the examples are too few. */
  public boolean isGuessing() {
    return arrangements < TELLING || chance > GUESSED;
  }

  /** A clause about a head's answers, for people. */
  public String said() {
    return arrangements < TELLING
        ? "too few examples of more than one class tell whether there is anything to learn: wait for"
            + " more labels"
        : String.format(
            Locale.ROOT,
            "the answers rank the classes of held-out examples no better than guesses would: %.1f %%"
                + " of shuffles are ranked as well",
            100 * chance);
  }

  /** Mean over the classes of the chance that one of it ranks above another. */
  private static double area(double[][] ranks, int[] classes, int[] counts) {
    double[] sums = new double[counts.length];
    for (int i = 0; i < classes.length; i++) {
      sums[classes[i]] += ranks[classes[i]][i];
    }
    double area = 0;
    for (int c = 0; c < counts.length; c++) {
      double pairs = (double) counts[c] * (classes.length - counts[c]);
      if (pairs > 0) {
        area += (sums[c] - counts[c] * (counts[c] + 1.0) / 2) / pairs;
      }
    }
    return area;
  }

  /** Ranks from 1 on; those of equal values are their mean. */
  private static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    for (int from = 0; from < order.length; ) {
      int to = from;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      double mean = (from + 1 + to) / 2.0;
      Arrays.stream(order, from, to).forEach(i -> ranks[i] = mean);
      from = to;
    }
    return ranks;
  }

  private static double lnFactorial(int n) {
    double sum = 0;
    for (int i = 2; i <= n; i++) {
      sum += Math.log(i);
    }
    return sum;
  }
}
