package io.headwater.stream;

import static io.headwater.stream.DrivenScorer.header;
import static io.headwater.stream.TestPipelines.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoisonTopologyTest {
  private static final String GOOD = "{\"id\":\"%s\",\"at\":%d,\"text\":%s}";

  private @TempDir Path state;
  private DrivenScorer scorer;

  @BeforeEach
  void start() {
    Pipeline pipeline =
        TestPipelines.with(
            new Pipeline.Event(
                "id",
                "at",
                Duration.ofDays(30),
                Duration.ofHours(1),
                Pipeline.OutOfBounds.DEAD_LETTER,
                1 << 20),
            true);
    scorer = new DrivenScorer(pipeline, state);
  }

  @AfterEach
  void stop() {
    scorer.close();
  }

  private static String event(String id, String text) {
    return GOOD.formatted(id, NOW.toEpochMilli(), text);
  }

  private void send(String key, byte @Nullable [] value, Header... headers) {
    scorer.events.pipeInput(
        new TestRecord<>(key.getBytes(UTF_8), value, new RecordHeaders(headers), NOW));
  }

  @Test
  void poison_isOneDeadLetterEach_andEveryNeighbourIsScored() {
    Map<String, byte @Nullable []> poison = new TreeMap<>();
    Map<String, String> reasons = new TreeMap<>();
    poison.put("null", null);
    reasons.put("null", "null-value");
    poison.put("empty", new byte[0]);
    reasons.put("empty", "malformed");
    poison.put("10MB", new byte[10_000_000]);
    reasons.put("10MB", "too-large");
    poison.put("bad-utf8", new byte[] {'{', '"', (byte) 0xc3, (byte) 0x28, '"', ':', '1', '}'});
    reasons.put("bad-utf8", "malformed");
    poison.put("deep", ("[".repeat(100_000) + "]".repeat(100_000)).getBytes(UTF_8));
    reasons.put("deep", "malformed");
    poison.put("deep-object", "{\"a\":".repeat(100_000).getBytes(UTF_8));
    reasons.put("deep-object", "malformed");
    poison.put("NaN", event("n", "NaN").getBytes(UTF_8));
    reasons.put("NaN", "malformed");
    poison.put("long-number", event("n", "1".repeat(1000)).getBytes(UTF_8));
    reasons.put("long-number", "malformed");
    poison.put("huge-time", "{\"id\":\"n\",\"at\":1e38,\"text\":\"a\"}".getBytes(UTF_8));
    reasons.put("huge-time", "malformed");
    poison.put("lone-surrogate-id", event("\\ud800", "\"a\"").getBytes(UTF_8));
    reasons.put("lone-surrogate-id", "malformed");
    poison.forEach(
        (key, value) -> {
          send("before-" + key, event("before-" + key, "\"a\"").getBytes(UTF_8));
          send(key, value);
          send("after-" + key, event("after-" + key, "\"a\"").getBytes(UTF_8));
        });
    Map<String, String> found = new TreeMap<>();
    for (TestRecord<byte[], byte[]> letter : scorer.dead.readRecordsToList()) {
      String key = new String(letter.key(), UTF_8);
      assertThat(letter.value()).isEqualTo(poison.get(key));
      assertThat(found.put(key, header(letter, "hw_reason"))).as(key).isNull();
    }
    assertThat(found).isEqualTo(reasons);
    assertThat(scorer.scores.readRecordsToList()).hasSize(2 * poison.size());
  }

  @Test
  void oddButFineEvents_areScored() {
    send("surrogate", event("s", "\"\\ud800 x \\udc00\"").getBytes(UTF_8));
    send("1e38", event("e", "1e38").getBytes(UTF_8));
    send("beyond-doubles", event("b", "1e999").getBytes(UTF_8));
    scorer.label("s", "good", NOW, 0);
    assertThat(scorer.scores.readRecordsToList()).hasSize(3);
    assertThat(scorer.examples()).hasSize(1);
    assertThat(scorer.dead.isEmpty()).isTrue();
  }

  @Test
  void hugeEnvelope_isADeadLetter_andThousandsOfSmallHeadersAreNot() {
    byte[] fine = event("e1", "\"a\"").getBytes(UTF_8);
    send("huge-header", fine, new RecordHeader("h", new byte[3_000_000]));
    assertThat(header(scorer.dead.readRecord(), "hw_reason")).isEqualTo("too-large");
    Header[] many = new Header[5_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = header("h" + i, "v");
    }
    send("many-headers", fine, many);
    send("nameless", fine, new RecordHeader("", null), header("\ufffd\ufffd", "invalid name"));
    assertThat(scorer.scores.readRecordsToList()).hasSize(2);
    assertThat(scorer.dead.isEmpty()).isTrue();
  }

  @Test
  void forgedHeaders_goOnNeitherWithAScoreNorWithADeadLetter() {
    Header[] forged = {
      header("hw_model", "forged"),
      header("hw_polled", "forged"),
      header("hw_reason", "forged"),
      header("__streams.errors.topic", "forged"),
      header("__streams.errors.stacktrace", "forged"),
      header("mine", "kept")
    };
    send("k", event("e1", "\"a\"").getBytes(UTF_8), forged);
    send("k", "oops".getBytes(UTF_8), forged);
    TestRecord<byte[], byte[]> score = scorer.scores.readRecord();
    assertThat(score.headers())
        .extracting(Header::key)
        .containsExactly("mine", "hw_model", "hw_stage");
    TestRecord<byte[], byte[]> letter = scorer.dead.readRecord();
    assertThat(letter.headers())
        .noneMatch(header -> new String(header.value(), UTF_8).equals("forged"));
    assertThat(header(letter, "mine")).isEqualTo("kept");
  }

  @Test
  void labels_thatUtf8CantCarry_areDeadLetters() {
    DrivenScorer.raw(scorer.labels, "k", "{\"eventId\":\"\\ud800\",\"label\":\"good\"}");
    DrivenScorer.raw(
        scorer.labels, "k", "{\"eventId\":\"e\",\"label\":\"good\",\"source\":\"\\udc00\"}");
    DrivenScorer.raw(scorer.labels, "k", "{\"eventId\":\"e\",\"label\":\"good\",\"revision\":-1}");
    DrivenScorer.raw(scorer.labels, "k", "{\"eventId\":\"e\",\"label\":\"good\",\"weight\":1e39}");
    assertThat(scorer.dead.readRecordsToList())
        .hasSize(4)
        .allMatch(letter -> header(letter, "hw_reason").equals("malformed"));
  }
}
