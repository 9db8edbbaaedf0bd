package io.headwater.ops.demo;

/**
 * The difference of two accuracies measured on the same events, with its 95 % confidence interval.
 *
 * <p>The interval is Wald's with half an event added to each cell of the table, after Agresti and
 * Min, Simple improved confidence intervals for comparing matched proportions, Statistics in
 * Medicine 24 (2005): it stays honest where the two hardly differ. It takes events as independent;
 * a stream's neighbours are less than that, so it is rather too narrow than too wide.
 *
 * @param difference of the live model's accuracy and the frozen one's, in [-1, 1]
 */
record PairedDifference(double difference, double low, double high) {
  private static final double Z_95 = 1.959964;

  /** Whether learning helped, as far as the events tell. */
  enum Verdict {
    YES("yes"),
    NO("no"),
    CANT_TELL("can't tell");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * The difference over some events.
   *
   * @param live whether the live model was right on each
   * @param frozen the same of the frozen one
   */
  static PairedDifference of(boolean[] live, boolean[] frozen) {
    if (live.length != frozen.length || live.length == 0) {
      throw new IllegalArgumentException(
          live.length + " and " + frozen.length + " outcomes don't pair up");
    }
    int onlyLive = 0;
    int onlyFrozen = 0;
    for (int i = 0; i < live.length; i++) {
      if (live[i] && !frozen[i]) {
        onlyLive++;
      } else if (frozen[i] && !live[i]) {
        onlyFrozen++;
      }
    }
    double n = live.length + 2.0;
    double centre = (onlyLive - onlyFrozen) / n;
    double discordant = (onlyLive + onlyFrozen + 1) / n;
    double half = Z_95 * Math.sqrt((discordant - centre * centre) / n);
    return new PairedDifference(
        (onlyLive - onlyFrozen) / (double) live.length,
        Math.max(-1, centre - half),
        Math.min(1, centre + half));
  }

  Verdict learningHelped() {
    if (low > 0) {
      return Verdict.YES;
    }
    return high < 0 ? Verdict.NO : Verdict.CANT_TELL;
  }
}
