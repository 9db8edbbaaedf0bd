package io.headwater.model.log;

/** A record on a stage topic that can't be followed; the message says where it is and why. */
public final class StageRecordException extends RuntimeException {
  StageRecordException(String message, Throwable cause) {
    super(message, cause);
  }

  StageRecordException(String message) {
    super(message);
  }
}
