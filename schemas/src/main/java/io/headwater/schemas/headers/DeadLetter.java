package io.headwater.schemas.headers;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Headers;

/**
 * The headers of a dead letter: the original's, and the error headers of KIP-1034 without a stack
 * trace.
 *
 * <p>Messages must not carry the payload's text: headers travel into logs and consoles.
 */
public final class DeadLetter {
  private static final int MAX_MESSAGE_CHARS = 500;

  private DeadLetter() {}

  /**
   * The headers of the dead letter of one record.
   *
   * @param original the record's own headers, left as they are; of those that only Headwater
   *     writes, none goes on
   * @param message what is wrong with the record, and the mend
   */
  public static Headers headers(
      Headers original,
      String topic,
      int partition,
      long offset,
      DeadLetterReason reason,
      String message) {
    Headers headers = HeaderNames.withoutOurs(original);
    String brief =
        message.length() <= MAX_MESSAGE_CHARS ? message : message.substring(0, MAX_MESSAGE_CHARS);
    headers.add(HeaderNames.REASON, reason.code().getBytes(UTF_8));
    headers.add(HeaderNames.ERROR_EXCEPTION, ("headwater/" + reason.code()).getBytes(UTF_8));
    headers.add(HeaderNames.ERROR_MESSAGE, brief.getBytes(UTF_8));
    headers.add(HeaderNames.ERROR_TOPIC, topic.getBytes(UTF_8));
    headers.add(HeaderNames.ERROR_PARTITION, Integer.toString(partition).getBytes(UTF_8));
    headers.add(HeaderNames.ERROR_OFFSET, Long.toString(offset).getBytes(UTF_8));
    return headers;
  }
}
