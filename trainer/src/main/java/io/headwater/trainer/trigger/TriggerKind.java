package io.headwater.trainer.trigger;

import java.util.Locale;

/** What can fire a training. */
public enum TriggerKind {
  /** Enough new examples. */
  COUNT,
  /** A moment of the schedule. */
  SCHEDULE,
  /** The time since the last training. */
  AGE,
  /** The champion's loss on served scores. */
  LOSS,
  /** The backbone's answers. */
  ACTIVATIONS,
  /** The events' numbers. */
  INPUTS;

  /** As tags and evidence spell it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
