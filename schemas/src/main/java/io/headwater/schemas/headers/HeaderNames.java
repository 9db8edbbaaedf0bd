package io.headwater.schemas.headers;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

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

  private static final String OURS = "hw_";

  private HeaderNames() {}

  /**
   * A copy of a record's headers without those that only Headwater writes, so that none is forged:
   * {@code hw_*} but the probe's mark, and the dead letters'.
   */
  public static Headers withoutOurs(Headers headers) {
    Headers others = new RecordHeaders();
    for (Header header : headers) {
      String name = header.key();
      if (name.equals(PROBE) || !(name.startsWith(OURS) || name.startsWith(ERRORS))) {
        others.add(header);
      }
    }
    return others;
  }
}
