package io.headwater.trainer.plan;

import java.util.Locale;

/** How like the events of the target are to those that the model was trained on. */
public sealed interface Likeness {
  /** One clause for people. */
  String said();

  /**
   * Measured.
   *
   * @param similarity 1 where nothing tells them apart, 0 where everything does
   * @param auc how well a classifier tells them apart, on events that it was not fitted to
   * @param source events of the source that were looked at
   * @param target events of the target
   */
  record Known(double similarity, double auc, int source, int target) implements Likeness {
    @Override
    public String said() {
      return String.format(
          Locale.ROOT,
          "similarity to the source %.2f (a classifier tells %d of its events from %d new ones"
              + " with AUC %.2f)",
          similarity,
          source,
          target,
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
