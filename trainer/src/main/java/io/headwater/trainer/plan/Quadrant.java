package io.headwater.trainer.plan;

import java.util.Locale;

/** Which case of the freeze policy holds. */
public enum Quadrant {
  /** The pipeline says what trains. */
  CHOSEN,
  /** Nothing is known of the similarity. */
  UNKNOWN,
  SMALL_SIMILAR,
  SMALL_DIFFERENT,
  LARGE_SIMILAR,
  LARGE_DIFFERENT;

  /** As reasons spell it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
