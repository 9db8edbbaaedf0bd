package io.headwater.trainer.gradient;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A graph that can't be differentiated; the message names the node and what to freeze. */
public final class GradientException extends RuntimeException {
  private final @Nullable String at;

  public GradientException(String message) {
    this(message, null);
  }

  GradientException(String message, @Nullable String at) {
    super(message);
    this.at = at;
  }

  /** The first output of the node that has no gradient; empty where it is not about one node. */
  public Optional<String> at() {
    return Optional.ofNullable(at);
  }
}
