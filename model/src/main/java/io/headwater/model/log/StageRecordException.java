package io.headwater.model.log;

import io.headwater.model.sign.Refusal;

/** A record on a stage topic that is not followed; the message says where it is and why. */
public final class StageRecordException extends RuntimeException {
  private final Refusal refusal;
  private final long vouchedEpoch;

  StageRecordException(Refusal refusal, String message) {
    this(refusal, message, 0);
  }

  /**
   * A refused record of known origin.
   *
   * @param vouchedEpoch the record's epoch, where a key that was trusted for the stage once has
   *     signed it; else 0
   */
  StageRecordException(Refusal refusal, String message, long vouchedEpoch) {
    super(message);
    this.refusal = refusal;
    this.vouchedEpoch = vouchedEpoch;
  }

  public Refusal refusal() {
    return refusal;
  }

  long vouchedEpoch() {
    return vouchedEpoch;
  }
}
