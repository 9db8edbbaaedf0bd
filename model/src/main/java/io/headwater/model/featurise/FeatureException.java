package io.headwater.model.featurise;

/** An event that can't become a model's input; the message names the field, never its content. */
public final class FeatureException extends Exception {
  private final boolean missing;

  public FeatureException(String message) {
    this(message, false);
  }

  private FeatureException(String message, boolean missing) {
    super(message);
    this.missing = missing;
  }

  /** The event lacks a field that it must have. */
  public static FeatureException missing(FieldPath field) {
    return new FeatureException("field '" + field + "' is missing", true);
  }

  /** Whether a field was not there at all, rather than there and wrong. */
  public boolean isMissing() {
    return missing;
  }
}
