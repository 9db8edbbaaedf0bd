package io.headwater.trainer.round;

/**
 * By how much more one loses than another on the same examples.
 *
 * @param mean of the differences
 * @param error its standard error
 */
record LossDifference(double mean, double error) {
  /**
   * Pairs losses.
   *
   * @param than of the same examples, in the same order
   */
  static LossDifference of(double[] losses, double[] than) {
    int n = losses.length;
    double sum = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      double more = losses[i] - than[i];
      sum += more;
      square += more * more;
    }
    double mean = sum / n;
    double error = n < 2 ? 0 : Math.sqrt(Math.max(0, square / n - mean * mean) / (n - 1));
    return new LossDifference(mean, error);
  }

  /** Whether it is above 0 by more than so many standard errors. */
  boolean exceeds(double standardErrors) {
    return mean > standardErrors * error;
  }
}
