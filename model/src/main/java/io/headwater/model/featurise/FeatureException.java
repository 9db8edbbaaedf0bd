package io.headwater.model.featurise;

/** An event that can't become a model's input; the message names the field, never its content. */
public final class FeatureException extends Exception {
  public FeatureException(String message) {
    super(message);
  }
}
