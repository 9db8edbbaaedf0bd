package io.headwater.stream;

import static io.headwater.stream.DrivenScorer.header;
import static io.headwater.stream.DrivenScorer.raw;
import static io.headwater.stream.TestPipelines.NOW;
import static io.headwater.stream.TestPipelines.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Pipeline.OutOfBounds;
import io.headwater.schemas.Score;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.stream.meter.ScorerMeters;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScorerTopologyTest {
  private @TempDir Path state;
  private DrivenScorer scorer;

  @BeforeEach
  void start() {
    scorer = new DrivenScorer(TestPipelines.reviews(), state);
  }

  @AfterEach
  void stop() {
    scorer.close();
  }

  private void restart(Pipeline pipeline) {
    scorer.close();
    scorer = new DrivenScorer(pipeline, state);
  }

  @Test
  void event_isScored_withItsKeyAndItsHeaders() {
    scorer.event(
        "e1", NOW, "quite a good one", header("ce_id", "7"), header("traceparent", "00-a"));
    TestRecord<byte[], byte[]> record = scorer.scores.readRecord();
    assertThat(record.key()).isEqualTo("key-e1".getBytes(UTF_8));
    Score score = RecordSerde.json(Score.class).read(record.value());
    assertThat(score.getEventId()).isEqualTo("e1");
    assertThat(score.getEventTime()).isEqualTo(NOW);
    assertThat(score.getDecision()).isEqualTo("good");
    assertThat(score.getProbabilities()).hasSize(2);
    assertThat(record.headers())
        .extracting(Header::key)
        .containsExactly("ce_id", "traceparent", "hw_model", "hw_stage");
    assertThat(header(record, "hw_model")).isEqualTo("v1");
    assertThat(header(record, "hw_stage")).isEqualTo("production");
    assertThat(scorer.scores.isEmpty()).isTrue();
    assertThat(scorer.dead.isEmpty()).isTrue();
  }

  @Test
  void event_thatCarriesOurHeaders_getsThemReplaced() {
    scorer.event("e1", NOW, "x", header("hw_model", "old"));
    TestRecord<byte[], byte[]> record = scorer.scores.readRecord();
    assertThat(record.headers().headers("hw_model")).hasSize(1);
    assertThat(header(record, "hw_model")).isEqualTo("v1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "not json | malformed",
        "{\"at\":1780315200000,\"text\":\"a\"} | missing-field",
        "{\"id\":\"e\",\"text\":\"a\"} | missing-field",
        "{\"id\":\"e\",\"at\":1780315200000} | missing-field",
        "{\"id\":\"e\",\"at\":0,\"text\":\"a\"} | time-out-of-bounds",
        "{\"id\":\"e\",\"at\":\"2099-01-01T00:00:00Z\",\"text\":\"a\"} | time-out-of-bounds",
        "{\"id\":\"e\",\"at\":1780315200000,\"text\":\"nan\"} | feature",
        "{\"id\":\"e\",\"at\":1780315200000,\"text\":\"poison\"} | inference",
      })
  void badEvent_endsAsOneDeadLetter_andItsNeighboursAreScored(String value, String reason) {
    scorer.event("before", NOW, "a");
    raw(scorer.events, "k", value, header("ce_id", "7"));
    scorer.event("after", NOW, "a");
    assertThat(scorer.scores.readValuesToList()).hasSize(2);
    TestRecord<byte[], byte[]> letter = scorer.dead.readRecord();
    assertThat(scorer.dead.isEmpty()).isTrue();
    assertThat(letter.key()).isEqualTo("k".getBytes(UTF_8));
    assertThat(letter.value()).isEqualTo(value.getBytes(UTF_8));
    assertThat(header(letter, "hw_reason")).isEqualTo(reason);
    assertThat(header(letter, "ce_id")).isEqualTo("7");
    assertThat(header(letter, "__streams.errors.topic")).isEqualTo(TOPICS.events());
    assertThat(header(letter, "__streams.errors.offset")).isEqualTo("1");
    assertThat(letter.headers()).extracting(Header::key).doesNotContain("hw_polled");
    assertThat(
            scorer.registry.get("headwater.dead.letters").tag("reason", reason).counter().count())
        .isEqualTo(1);
  }

  @Test
  void nullAndOversizedEvents_reachTheDeadLettersWhole() {
    raw(scorer.events, "k", null);
    raw(scorer.events, "k", "x".repeat(1001));
    TestRecord<byte[], byte[]> empty = scorer.dead.readRecord();
    assertThat(empty.value()).isNull();
    assertThat(header(empty, "hw_reason")).isEqualTo("null-value");
    TestRecord<byte[], byte[]> large = scorer.dead.readRecord();
    assertThat(large.value()).hasSize(1001);
    assertThat(header(large, "hw_reason")).isEqualTo("too-large");
  }

  @ParameterizedTest
  @CsvSource({"DEAD_LETTER, 0, 3", "CLAMP, 3, 0"})
  void recordTimestamp_outOfBounds_isDeadOrClamped(OutOfBounds policy, int scored, int killed) {
    restart(TestPipelines.with(TestPipelines.event("$key", "$timestamp", policy), false));
    for (long timestamp : new long[] {0, 1, Instant.parse("2099-01-01T00:00:00Z").toEpochMilli()}) {
      scorer.events.pipeInput("k".getBytes(UTF_8), "{\"text\":\"a\"}".getBytes(UTF_8), timestamp);
    }
    assertThat(scorer.scores.readRecordsToList()).hasSize(scored);
    List<TestRecord<byte[], byte[]>> letters = scorer.dead.readRecordsToList();
    assertThat(letters).hasSize(killed).allMatch(letter -> letter.timestamp() >= 0);
  }

  @Test
  void feedbackThatNobodyGives_isNotWaitedFor() {
    Pipeline pipeline =
        TestPipelines.with(
            TestPipelines.event("id", "at", OutOfBounds.DEAD_LETTER),
            new Pipeline.Feedback(
                false, Duration.ofDays(1), false, null, Pipeline.Activations.LOG));
    restart(pipeline);
    scorer.event("e1", NOW, "a");
    assertThat(scorer.scores.readValuesToList()).hasSize(1);
    String described =
        DrivenScorer.topology(pipeline, Optional::empty, new ScorerMeters(scorer.registry))
            .describe()
            .toString();
    assertThat(described)
        .contains("Sub-topology: 0")
        .doesNotContain("Sub-topology: 1", "repartition", TOPICS.labels());
  }

  @Test
  void topology_hasNoGeneratedName_andThreePartsApart() {
    String described =
        DrivenScorer.topology(
                TestPipelines.reviews(), Optional::empty, new ScorerMeters(scorer.registry))
            .describe()
            .toString();
    Matcher generated = Pattern.compile("(KSTREAM|KTABLE)-[A-Z]+-\\d{10}").matcher(described);
    assertThat(generated.results().map(r -> r.group()).toList()).isEmpty();
    assertThat(described).contains("Sub-topology: 2").doesNotContain("Sub-topology: 3");
    assertThat(described).contains("scores-by-event-repartition", "labels-by-event-repartition");
  }
}
