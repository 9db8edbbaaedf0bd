package io.headwater.schemas.headers;

/** The names of the record headers that Headwater writes or reads. */
public final class HeaderNames {
  /** Digest of the version that scored. */
  public static final String MODEL = "hw_model";

  /** Stage of the version that scored. */
  public static final String STAGE = "hw_stage";

  /** Marks a probe event: scored like any other, kept out of examples, metrics and gates. */
  public static final String PROBE = "hw_probe";

  /** Code of a {@link DeadLetterReason}. */
  public static final String REASON = "hw_reason";

  /** Common start of the dead-letter headers of KIP-1034. */
  static final String ERRORS = "__streams.errors.";

  public static final String ERROR_EXCEPTION = ERRORS + "exception";
  public static final String ERROR_MESSAGE = ERRORS + "message";
  public static final String ERROR_TOPIC = ERRORS + "topic";
  public static final String ERROR_PARTITION = ERRORS + "partition";
  public static final String ERROR_OFFSET = ERRORS + "offset";

  private HeaderNames() {}
}
