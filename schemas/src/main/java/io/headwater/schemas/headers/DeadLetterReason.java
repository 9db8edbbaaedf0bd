package io.headwater.schemas.headers;

import java.util.Locale;

/** Why a record became a dead letter; also the bounded tag of its counter. */
public enum DeadLetterReason {
  MALFORMED,
  NULL_VALUE,
  TOO_LARGE,
  MISSING_FIELD,
  TIME_OUT_OF_BOUNDS,
  FEATURE,
  INFERENCE,
  UNKNOWN_LABEL,
  ORPHAN_LABEL,
  LATE_LABEL;

  /** The reason in headers and metrics, such as {@code missing-field}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
