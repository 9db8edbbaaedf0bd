package io.headwater.trainer.plan;

import java.util.Locale;

/** How like the events of the target are to those that the model was trained on. */
public sealed interface Likeness {
  /** One clause for people. */
  String said();

  /**
   * Measured.
   *
   * @param shift how far apart the means of a typical value are, in standard deviations within
   *     source and target (Cohen's d)
   * @param auc how well a classifier tells them apart, on events that it was not fitted to
   * @param source events of the source that were looked at
   * @param target events of the target
   */
  record Known(double shift, double auc, int source, int target) implements Likeness {
    /** Where the similarity is 0; half of it lies between a medium and a large effect. */
    private static final double APART = 1.2;

    /** 1 where the means are the same, 0 where they are 1.2 standard deviations apart or more. */
    public double similarity() {
      return Math.max(0, 1 - shift / APART);
    }

    @Override
    public String said() {
      return String.format(
          Locale.ROOT,
          "similarity to the source %.2f (values of %d of its events and of %d new ones lie %.2f"
              + " standard deviations apart; a classifier tells them from each other with AUC"
              + " %.2f)",
          similarity(),
          source,
          target,
          shift,
          auc);
    }
  }

  /**
   * Not measured.
   *
   * @param why a clause
   */
  record Unknown(String why) implements Likeness {
    @Override
    public String said() {
      return "similarity to the source is unknown: " + why;
    }
  }
}
