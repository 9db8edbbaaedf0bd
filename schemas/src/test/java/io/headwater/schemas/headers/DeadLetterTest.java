package io.headwater.schemas.headers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
  @Test
  void headers_ofHostileOriginal_keepTheirsAndReplaceOurs() {
    Headers original =
        new RecordHeaders()
            .add("ce_id", "1".getBytes(UTF_8))
            .add("__streams.errors.topic", "forged".getBytes(UTF_8))
            .add("hw_reason", "forged".getBytes(UTF_8))
            .add("null", null);
    Headers headers =
        DeadLetter.headers(
            original, "p.events", 1, 99, DeadLetterReason.MISSING_FIELD, "field text is missing");
    assertThat(headers)
        .extracting(Header::key)
        .containsExactly(
            "ce_id",
            "null",
            "hw_reason",
            "__streams.errors.exception",
            "__streams.errors.message",
            "__streams.errors.topic",
            "__streams.errors.partition",
            "__streams.errors.offset");
    assertThat(new String(headers.lastHeader("__streams.errors.topic").value(), UTF_8))
        .isEqualTo("p.events");
    assertThat(new String(headers.lastHeader("hw_reason").value(), UTF_8))
        .isEqualTo("missing-field");
    assertThat(original.toArray()).hasSize(4);
  }

  @Test
  void headers_ofLongMessage_areCut() {
    Headers headers =
        DeadLetter.headers(
            new RecordHeaders(), "t", 0, 0, DeadLetterReason.MALFORMED, "x".repeat(10_000));
    assertThat(headers.lastHeader(HeaderNames.ERROR_MESSAGE).value()).hasSize(500);
  }
}
