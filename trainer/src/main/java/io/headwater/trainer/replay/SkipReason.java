package io.headwater.trainer.replay;

import java.util.Locale;

/** Why an example of the training log is left aside. */
public enum SkipReason {
  /** Not an example that can be read. */
  UNREADABLE,
  /** A label that the pipeline does not name, or no number where labels are numbers. */
  UNKNOWN_LABEL,
  /** No activation was logged with it. */
  NO_ACTIVATION,
  /** Its activation comes from another frozen prefix than the champion's. */
  OTHER_PREFIX,
  /** Its activation has another width than the head reads, or a value that is not finite. */
  BAD_ACTIVATION,
  /** The pipeline, or a rewind, says that nothing is learnt from it. */
  EXCLUDED,
  /** Its weight is not a positive number. */
  BAD_WEIGHT,
  /** Its activation must be computed again, and its event is gone or can't be run. */
  EVENT_GONE;

  /** As tags and evidence spell it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
