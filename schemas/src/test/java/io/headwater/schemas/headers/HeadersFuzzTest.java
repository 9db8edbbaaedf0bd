package io.headwater.schemas.headers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.fuzz.Fuzz;
import io.headwater.schemas.fuzz.Mutation;
import io.headwater.schemas.fuzz.Untrusted;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import net.jqwik.api.ForAll;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Whatever headers a record has, its dead letter has our own once, and no forged one. */
class HeadersFuzzTest {
  private static final List<String> NAMES =
      List.of(
          "traceparent",
          HeaderNames.REASON,
          HeaderNames.MODEL,
          HeaderNames.PROBE,
          HeaderNames.ERROR_OFFSET,
          HeaderNames.ERRORS);

  /** As a consumer gives them: names and values are bytes off the wire. */
  private static Headers received(Mutation mutation) {
    Headers headers = new RecordHeaders();
    for (String name : NAMES) {
      byte[] key = mutation.of(name.getBytes(UTF_8));
      byte[] value = mutation.of("forged".getBytes(UTF_8));
      headers.add(
          new RecordHeader(
              ByteBuffer.wrap(key), value.length == 0 ? null : ByteBuffer.wrap(value)));
    }
    return headers;
  }

  private static List<Header> kept(Headers headers) {
    return StreamSupport.stream(headers.spliterator(), false)
        .filter(
            header ->
                header.key().equals("hw_probe")
                    || !(header.key().startsWith("hw_")
                        || header.key().startsWith("__streams.errors.")))
        .toList();
  }

  @Fuzz
  void headers_ofAnyRecord_holdOursOnce(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation, @ForAll String message) {
    Headers original = received(mutation);
    List<Header> theirs = kept(original);
    Headers letter =
        Untrusted.read(
                message.getBytes(UTF_8),
                bytes ->
                    DeadLetter.headers(
                        original, "events", 3, 17, DeadLetterReason.MALFORMED, message),
                IllegalArgumentException.class)
            .orElseThrow();

    List<Header> all = new ArrayList<>();
    letter.forEach(all::add);
    assertThat(all.subList(0, theirs.size())).isEqualTo(theirs);
    assertThat(all.subList(theirs.size(), all.size()))
        .extracting(Header::key)
        .containsExactly(
            "hw_reason",
            "__streams.errors.exception",
            "__streams.errors.message",
            "__streams.errors.topic",
            "__streams.errors.partition",
            "__streams.errors.offset");
    assertThat(new String(letter.lastHeader("hw_reason").value(), UTF_8)).isEqualTo("malformed");
    assertThat(letter.lastHeader("__streams.errors.message").value()).hasSizeLessThan(2_001);
  }
}
