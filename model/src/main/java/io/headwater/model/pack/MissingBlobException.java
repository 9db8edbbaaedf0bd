package io.headwater.model.pack;

/** A blob that a manifest names can't be had whole and unchanged. */
public final class MissingBlobException extends RuntimeException {
  public MissingBlobException(String message) {
    super(message);
  }
}
