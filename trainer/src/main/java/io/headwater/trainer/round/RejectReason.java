package io.headwater.trainer.round;

import java.util.Locale;

/** Why a round ends without a version to publish. */
public enum RejectReason {
  /** There was nothing to learn from. */
  TOO_FEW_EXAMPLES,
  /** All examples to learn from are of one class. */
  ONE_CLASS,
  /** The tuning ran away. */
  DIVERGED,
  /** The candidate is worse on the holdout than the champion. */
  WORSE_THAN_CHAMPION,
  /** No part of the way from the champion to what was tuned answers new examples better. */
  NO_GAIN,
  /** The candidate's answers on the holdout can't be told from guesses: the labels may be noise. */
  NO_SIGNAL,
  /** The candidate is worse than its parent on the guard set: it forgot what it must not. */
  FORGOT,
  /** Production moved on while the candidate was made. */
  SUPERSEDED;

  /** As tags spell it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
