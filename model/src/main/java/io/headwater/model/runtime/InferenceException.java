package io.headwater.model.runtime;

/** A run of a model that failed or answered with a non-finite value. */
public final class InferenceException extends RuntimeException {
  public InferenceException(String message) {
    super(message);
  }

  public InferenceException(String message, Throwable cause) {
    super(message, cause);
  }
}
