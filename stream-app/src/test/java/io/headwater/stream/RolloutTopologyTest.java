package io.headwater.stream;

import static io.headwater.stream.DrivenScorer.header;
import static io.headwater.stream.DrivenScorer.raw;
import static io.headwater.stream.TestPipelines.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.Example;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.RecordSerde;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A champion, a canary for half of the keys, and three shadows. */
class RolloutTopologyTest {
  private static final RecordSerde<Score> SCORES = RecordSerde.json(Score.class);
  private static final List<String> SHADOWS = List.of("s1", "s2", "s3");

  private @TempDir Path state;
  private DrivenScorer scorer;

  @BeforeEach
  void start() {
    scorer = new DrivenScorer(TestPipelines.reviews(), state);
    scorer.model.challengers.add(FakeScoring.member(Stage.CANARY, "c"));
    SHADOWS.forEach(
        shadow -> scorer.model.challengers.add(FakeScoring.member(Stage.SHADOW, shadow)));
  }

  @AfterEach
  void stop() {
    scorer.close();
  }

  private void event(String id, String key) {
    raw(
        scorer.events,
        key,
        "{\"id\":\"%s\",\"at\":%d,\"text\":\"a\"}".formatted(id, NOW.toEpochMilli()),
        header("ce_id", "7"));
  }

  private static String stage(Score score) {
    return score.getStage().name().toLowerCase(Locale.ROOT);
  }

  private static Score score(TestRecord<byte[], byte[]> record) {
    return SCORES.read(record.value());
  }

  @Test
  void events_haveOneServedScoreEach_andEveryOtherAnswerBeside() {
    int keys = 20;
    for (int i = 0; i < 3 * keys; i++) {
      event("e" + i, "key-" + i % keys);
    }
    List<TestRecord<byte[], byte[]>> served = scorer.scores.readRecordsToList();
    assertThat(served).hasSize(3 * keys);
    Map<String, String> byKey = new HashMap<>();
    Map<String, Score> byEvent = new HashMap<>();
    for (TestRecord<byte[], byte[]> record : served) {
      Score score = score(record);
      assertThat(header(record, "hw_model")).isEqualTo(score.getVersion());
      assertThat(header(record, "hw_stage")).isEqualTo(stage(score));
      assertThat(byKey.merge(new String(record.key(), UTF_8), score.getVersion(), (a, b) -> b))
          .isEqualTo(byKey.get(new String(record.key(), UTF_8)));
      assertThat(byEvent.put(score.getEventId(), score)).isNull();
    }
    assertThat(byKey.values()).contains("v1", "c");

    Map<String, List<String>> beside = new HashMap<>();
    for (TestRecord<byte[], byte[]> record : scorer.shadowScores.readRecordsToList()) {
      Score score = score(record);
      assertThat(header(record, "hw_model")).isEqualTo(score.getVersion());
      assertThat(header(record, "hw_stage")).isEqualTo(stage(score));
      assertThat(header(record, "ce_id")).isEqualTo("7");
      assertThat(score.getStage())
          .isEqualTo(score.getVersion().equals("v1") ? Stage.PRODUCTION : Stage.SHADOW);
      beside
          .computeIfAbsent(score.getEventId(), unused -> new ArrayList<>())
          .add(score.getVersion());
    }
    byEvent.forEach(
        (id, score) -> {
          List<String> others = new ArrayList<>(SHADOWS);
          if (score.getStage() == Stage.CANARY) {
            others.add(0, "v1");
          }
          assertThat(beside.get(id)).isEqualTo(others);
        });
    assertThat(counted("headwater.events.scored")).isEqualTo(3 * keys);
    assertThat(counted("headwater.canary.served")).isEqualTo(counted("headwater.canary.paired"));
    assertThat(counted("headwater.shadow.scored")).isEqualTo(3 * SHADOWS.size() * keys);
  }

  @Test
  void label_joinsTheServedScore_andNoOther() {
    for (int i = 0; i < 20; i++) {
      event("e" + i, "key-" + i);
      scorer.label("e" + i, "good", NOW, 0);
    }
    Map<String, String> served = new HashMap<>();
    scorer
        .scores
        .readRecordsToList()
        .forEach(record -> served.put(score(record).getEventId(), score(record).getVersion()));
    List<Example> examples = scorer.examples();
    assertThat(examples).hasSize(20);
    for (Example example : examples) {
      assertThat(example.getScores()).hasSize(1);
      assertThat(example.getScores().get(0).getVersion())
          .isEqualTo(served.get(example.getEventId()));
    }
    assertThat(served.values()).contains("v1", "c");
  }

  @Test
  void probe_goesTheWholeWayAndStaysMarked() {
    scorer.event("p", NOW, "a", header("hw_probe", "1"));
    assertThat(scorer.scores.readRecordsToList()).hasSize(1);
    assertThat(scorer.shadowScores.readRecordsToList())
        .hasSizeGreaterThanOrEqualTo(SHADOWS.size())
        .allSatisfy(record -> assertThat(header(record, "hw_probe")).isEqualTo("1"));
    assertThat(counted("headwater.probes.scored")).isEqualTo(1);
  }

  private double counted(String name) {
    return scorer.registry.get(name).counter().count();
  }
}
