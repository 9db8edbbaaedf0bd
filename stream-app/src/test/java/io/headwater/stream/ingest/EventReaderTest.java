package io.headwater.stream.ingest;

import static io.headwater.stream.TestPipelines.CLOCK;
import static io.headwater.stream.TestPipelines.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Pipeline.OutOfBounds;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.stream.TestPipelines;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
  private static final long TODAY = NOW.minusSeconds(60).toEpochMilli();

  private static EventReader reader(String id, String time, OutOfBounds policy) {
    var rules = TestPipelines.event(id, time, policy);
    return new EventReader(rules, new JsonEvents(rules.maxBytes()), new TimeBounds(rules, CLOCK));
  }

  private static Ingested read(String json) {
    return reader("id", "at", OutOfBounds.DEAD_LETTER).read(null, json.getBytes(UTF_8), TODAY);
  }

  private static void refused(Ingested read, DeadLetterReason reason) {
    assertThat(read)
        .isInstanceOfSatisfying(
            Rejection.class,
            r -> {
              assertThat(r.reason()).isEqualTo(reason);
              assertThat(r.message()).doesNotContain("secret");
            });
  }

  private static Event taken(Ingested read) {
    assertThat(read).isInstanceOf(Event.class);
    return (Event) read;
  }

  @Test
  void read_idAndMillisInFields_areTaken() {
    Event event = taken(read("{\"id\":\"e1\",\"at\":" + TODAY + ",\"text\":\"x\"}"));
    assertThat(event.id()).isEqualTo("e1");
    assertThat(event.time()).isEqualTo(TODAY);
    assertThat(event.clamped()).isFalse();
  }

  @Test
  void read_wholeNumberId_isTakenAsText() {
    assertThat(taken(read("{\"id\":17,\"at\":" + TODAY + "}")).id()).isEqualTo("17");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-06-01T11:59:00Z", "2026-06-01T13:59:00+02:00"})
  void read_isoTime_isTaken(String time) {
    Event event = taken(read("{\"id\":\"e1\",\"at\":\"" + time + "\"}"));
    assertThat(Instant.ofEpochMilli(event.time())).isEqualTo(NOW.minusSeconds(60));
  }

  @Test
  void read_nestedPaths_areFollowed() {
    EventReader nested = reader("mail.id", "mail.sent", OutOfBounds.DEAD_LETTER);
    byte[] value = ("{\"mail\":{\"id\":\"m\",\"sent\":" + TODAY + "}}").getBytes(UTF_8);
    assertThat(taken(nested.read(null, value, 0)).id()).isEqualTo("m");
  }

  @Test
  void read_keyAndTimestamp_areTakenFromTheRecord() {
    EventReader record = reader("$key", "$timestamp", OutOfBounds.DEAD_LETTER);
    Event event = taken(record.read("k\u00e9y".getBytes(UTF_8), "{}".getBytes(UTF_8), TODAY));
    assertThat(event.id()).isEqualTo("k\u00e9y");
    assertThat(event.time()).isEqualTo(TODAY);
    refused(record.read(null, "{}".getBytes(UTF_8), TODAY), DeadLetterReason.MISSING_FIELD);
    refused(
        record.read(new byte[] {(byte) 0xff}, "{}".getBytes(UTF_8), TODAY),
        DeadLetterReason.MALFORMED);
  }

  @Test
  void read_nullValue_isRefused() {
    refused(
        reader("id", "at", OutOfBounds.CLAMP).read(null, null, TODAY), DeadLetterReason.NULL_VALUE);
  }

  @Test
  void read_valueAboveMaxBytes_isRefusedUnread() {
    byte[] value = new byte[1001];
    refused(
        reader("id", "at", OutOfBounds.CLAMP).read(null, value, TODAY), DeadLetterReason.TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "{\"id\":\"secret\"",
        "{\"id\":\"secret\"} trailing",
        "[\"secret\"]",
        "\"secret\"",
        "17",
        "{\"id\":{\"secret\":1},\"at\":1}",
        "{\"id\":1.5,\"at\":1}",
        "{\"id\":\"e\",\"at\":\"secret\"}",
        "{\"id\":\"e\",\"at\":\"2026-06-01T12:00:00\"}",
        "{\"id\":\"e\",\"at\":true}"
      })
  void read_notAnEvent_isMalformed(String value) {
    refused(read(value), DeadLetterReason.MALFORMED);
  }

  @Test
  void read_beyondDepthAndNumberBounds_isMalformed() {
    refused(read("{\"id\":" + "[".repeat(200) + "]".repeat(200) + "}"), DeadLetterReason.MALFORMED);
    refused(read("{\"id\":" + "9".repeat(200) + "}"), DeadLetterReason.MALFORMED);
    refused(read("{\"id\":\"e\",\"at\":1e999999}"), DeadLetterReason.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"at\":1}",
        "{\"id\":null,\"at\":1}",
        "{\"id\":\"\",\"at\":1}",
        "{\"id\":\"e\"}"
      })
  void read_mappedFieldAbsent_isMissing(String value) {
    refused(read(value), DeadLetterReason.MISSING_FIELD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "0",
        "\"1970-01-01T00:00:00Z\"",
        "\"2099-01-01T00:00:00Z\"",
        "\"+999999999-01-01T00:00:00Z\"",
        "\"-999999999-01-01T00:00:00Z\"",
        "9223372036854775807",
        "92233720368547758070000"
      })
  void read_timeOutOfBounds_isRefusedOrClamped(String time) {
    String json = "{\"id\":\"e\",\"at\":" + time + "}";
    refused(read(json), DeadLetterReason.TIME_OUT_OF_BOUNDS);
    Event clamped =
        taken(reader("id", "at", OutOfBounds.CLAMP).read(null, json.getBytes(UTF_8), TODAY));
    assertThat(clamped.clamped()).isTrue();
    assertThat(clamped.time())
        .isIn(
            NOW.minus(Duration.ofDays(30)).toEpochMilli(),
            NOW.plus(Duration.ofHours(1)).toEpochMilli());
  }

  @Test
  void admit_ageBeforeTheEpoch_neverGivesANegativeTime() {
    var rules =
        new io.headwater.model.pipeline.Pipeline.Event(
            "id", "at", Duration.ofSeconds(Long.MAX_VALUE), Duration.ZERO, OutOfBounds.CLAMP, 10);
    TimeBounds bounds = new TimeBounds(rules, CLOCK);
    assertThat(bounds.clamp(-1)).isZero();
    assertThat(bounds.clamp(Long.MIN_VALUE)).isZero();
    assertThat(bounds.clamp(Long.MAX_VALUE)).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void message_namesTheFieldAndTheMend() {
    @Nullable Rejection rejection = (Rejection) read("{\"id\":\"e\"}");
    assertThat(rejection.message()).isEqualTo("the field at (event.time) is missing");
  }
}
