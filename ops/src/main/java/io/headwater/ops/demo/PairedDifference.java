package io.headwater.ops.demo;

import io.headwater.trainer.evaluate.Interval;

/**
 * The difference of two accuracies measured on the same events, with its 95 % confidence interval.
 *
 * <p>The interval takes events as independent; a stream's neighbours are less than that, so it is
 * rather too narrow than too wide.
 *
 * @param difference of the live model's accuracy and the frozen one's, in [-1, 1]
 * @see Interval#ofPairedDifference(boolean[], boolean[])
 */
record PairedDifference(double difference, double low, double high) {
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
    Interval range = Interval.ofPairedDifference(live, frozen);
    return new PairedDifference(share(live) - share(frozen), range.low(), range.high());
  }

  /** The share that was right. */
  static double share(boolean[] right) {
    int count = 0;
    for (boolean each : right) {
      count += each ? 1 : 0;
    }
    return right.length == 0 ? 0 : count / (double) right.length;
  }

  Verdict learningHelped() {
    if (low > 0) {
      return Verdict.YES;
    }
    return high < 0 ? Verdict.NO : Verdict.CANT_TELL;
  }
}
