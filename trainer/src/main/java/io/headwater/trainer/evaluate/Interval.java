package io.headwater.trainer.evaluate;

/**
 * A range that holds the true value in 95 of 100 repetitions.
 *
 * @param low its lower end
 * @param high its upper end
 */
public record Interval(double low, double high) {
  /** Two-sided 95 % quantile of the standard normal distribution. */
  private static final double Z = 1.959963984540054;

  /** Records hold no infinity. */
  private static final double LOWEST = -1e9;

  /** Of a share, from how often it was seen (Wilson, 1927). */
  public static Interval ofShare(long seen, long trials) {
    if (trials <= 0 || seen < 0 || seen > trials) {
      throw new IllegalArgumentException(seen + " of " + trials + " is no share");
    }
    double share = (double) seen / trials;
    double spread = Z * Z / trials;
    double centre = (share + spread / 2) / (1 + spread);
    double reach =
        Z * Math.sqrt(share * (1 - share) / trials + spread / (4.0 * trials)) / (1 + spread);
    return new Interval(Math.max(0, centre - reach), Math.min(1, centre + reach));
  }

  /**
   * Of the share by which the first of two roots of mean squares, over the same trials, is lower
   * than the second: the delta method on their ratio (Cramer, 1946).
   */
  public static Interval ofRootRatio(double[] first, double[] second) {
    int n = first.length;
    if (n == 0 || n != second.length) {
      throw new IllegalArgumentException(n + " and " + second.length + " errors are no pairs");
    }
    double one = 0;
    double other = 0;
    for (int i = 0; i < n; i++) {
      one += first[i] * first[i] / n;
      other += second[i] * second[i] / n;
    }
    if (!(one > 0) || !(other > 0)) {
      double gain = lower(one, other);
      return new Interval(gain, gain);
    }
    double ratio = Math.sqrt(one / other);
    double square = 0;
    for (int i = 0; i < n; i++) {
      double pull = ratio / 2 * (first[i] * first[i] / one - second[i] * second[i] / other);
      square += pull * pull / n;
    }
    double reach = Z * Math.sqrt(square / n);
    return new Interval(Math.max(LOWEST, 1 - ratio - reach), 1 - ratio + reach);
  }

  /** The share by which the first of two errors is lower than the second, at least -1e9. */
  static double lower(double first, double second) {
    return first == second ? 0 : Math.max(LOWEST, 1 - first / second);
  }

  /**
   * Of the difference of two shares seen on the same trials (Agresti and Min, 2005: Wald with half
   * an observation added to each cell).
   *
   * @param onlyFirst trials where the first alone was seen
   * @param onlySecond trials where the second alone was
   */
  public static Interval ofPairedDifference(long onlyFirst, long onlySecond, long trials) {
    if (trials <= 0 || onlyFirst < 0 || onlySecond < 0 || onlyFirst + onlySecond > trials) {
      throw new IllegalArgumentException(
          onlyFirst + " and " + onlySecond + " of " + trials + " are no paired counts");
    }
    double n = trials + 2.0;
    double first = (onlyFirst + 0.5) / n;
    double second = (onlySecond + 0.5) / n;
    double difference = first - second;
    double reach = Z * Math.sqrt((first + second - difference * difference) / n);
    return new Interval(Math.max(-1, difference - reach), Math.min(1, difference + reach));
  }

  /** The same of what was seen on each trial, in the same order. */
  public static Interval ofPairedDifference(boolean[] first, boolean[] second) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "%d and %d outcomes don't pair up".formatted(first.length, second.length));
    }
    int onlyFirst = 0;
    int onlySecond = 0;
    for (int i = 0; i < first.length; i++) {
      onlyFirst += first[i] && !second[i] ? 1 : 0;
      onlySecond += second[i] && !first[i] ? 1 : 0;
    }
    return ofPairedDifference(onlyFirst, onlySecond, first.length);
  }
}
