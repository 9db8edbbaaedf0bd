package io.headwater.model.guard;

/** A model was refused before it could do harm; the message names the tensor or node at fault. */
public final class ModelRefusedException extends IllegalArgumentException {
  private final RefusalReason reason;

  public ModelRefusedException(RefusalReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public ModelRefusedException(RefusalReason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public RefusalReason reason() {
    return reason;
  }
}
