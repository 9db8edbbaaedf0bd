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
}
