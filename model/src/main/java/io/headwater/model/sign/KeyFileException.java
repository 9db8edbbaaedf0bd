package io.headwater.model.sign;

import org.jspecify.annotations.Nullable;

/** A key or trust file that can't be used; the message names it and the mend, never its content. */
public final class KeyFileException extends RuntimeException {
  KeyFileException(String message) {
    this(message, null);
  }

  KeyFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
