package io.headwater.trainer.gradient;

/** A graph that can't be differentiated; the message names the node and what to freeze. */
public final class GradientException extends RuntimeException {
  public GradientException(String message) {
    super(message);
  }
}
