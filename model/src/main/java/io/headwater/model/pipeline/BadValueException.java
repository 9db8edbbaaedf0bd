package io.headwater.model.pipeline;

/** A value that is not of its key's kind; the message goes on from the key's name. */
final class BadValueException extends Exception {
  private final int line;

  BadValueException(int line, String message) {
    super(message);
    this.line = line;
  }

  int line() {
    return line;
  }
}
