package io.headwater.stream;

import static io.headwater.stream.DrivenScorer.header;
import static io.headwater.stream.TestPipelines.NOW;
import static io.headwater.stream.TestPipelines.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Windows;
import io.headwater.model.pipeline.Windows.Aggregate;
import io.headwater.model.pipeline.Windows.Compute;
import io.headwater.schemas.Example;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowTopologyTest {
  private @TempDir Path state;
  private DrivenScorer scorer;

  @BeforeEach
  void start() {
    scorer = new DrivenScorer(pipeline("card"), state);
  }

  @AfterEach
  void stop() {
    scorer.close();
  }

  private static Pipeline pipeline(String by) {
    return TestPipelines.windowed(
        new Windows(
            by,
            List.of(
                new Windows.Window(
                    "hour",
                    Duration.ofHours(1),
                    List.of(
                        new Aggregate("count", Compute.COUNT, null),
                        new Aggregate("spent", Compute.SUM, "amount"))))));
  }

  private void sale(String id, String card, long minute, double amount, Header... headers) {
    DrivenScorer.raw(
        scorer.events,
        card,
        "{\"id\":\"%s\",\"card\":\"%s\",\"at\":%d,\"amount\":%s,\"text\":\"quite a good one\"}"
            .formatted(
                id,
                card,
                NOW.minus(Duration.ofHours(5)).plusSeconds(60 * minute).toEpochMilli(),
                amount),
        headers);
  }

  private static JsonNode json(TestRecord<byte[], byte[]> record) {
    try {
      return new ObjectMapper().readTree(new String(record.value(), UTF_8));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"card", "$key"})
  void events_areEnrichedAsOfTheirOwnTime_andScored(String by) {
    scorer.close();
    scorer = new DrivenScorer(pipeline(by), state.resolve("other"));
    sale("e1", "a", 0, 10, header("ce_id", "7"));
    sale("e2", "a", 30, 5);
    sale("e3", "b", 30, 1);
    sale("e4", "a", 75, 2);
    sale("e5", "a", 40, 100);
    List<TestRecord<byte[], byte[]>> enriched = scorer.enriched.readRecordsToList();
    assertThat(enriched)
        .extracting(
            r -> json(r).at("/hw/hour/count").asInt() + ":" + json(r).at("/hw/hour/spent").asInt())
        .containsExactly("1:10", "2:15", "1:1", "2:7", "3:115");
    assertThat(enriched.get(0).key()).isEqualTo("a".getBytes(UTF_8));
    assertThat(header(enriched.get(0), "ce_id")).isEqualTo("7");
    assertThat(json(enriched.get(0)).get("amount").asText()).isEqualTo("10.0");
    List<TestRecord<byte[], byte[]>> scores = scorer.scores.readRecordsToList();
    assertThat(scores).hasSize(5);
    assertThat(scores.get(0).key()).isEqualTo("a".getBytes(UTF_8));
    assertThat(header(scores.get(0), "ce_id")).isEqualTo("7");
    scorer.label("e1", "good", NOW.minus(Duration.ofHours(4)), 0);
    Example example = scorer.examples().get(0);
    assertThat(example.getEvent().getTopic()).isEqualTo(TOPICS.enriched());
    assertThat(example.getEventTime()).isEqualTo(NOW.minus(Duration.ofHours(5)));
    assertThat(scorer.dead.isEmpty()).isTrue();
  }

  @Test
  void probe_seesTheWindows_andLeavesThemAsTheyAre() {
    sale("e1", "a", 0, 10);
    sale("p", "a", 1, 10, header("hw_probe", ""));
    sale("e2", "a", 2, 10);
    assertThat(scorer.enriched.readRecordsToList())
        .extracting(r -> json(r).at("/hw/hour/count").asInt())
        .containsExactly(1, 2, 2);
  }

  @Test
  void badEvents_areDeadLettersWithTheirOwnBytes_andForgedFeaturesAreReplaced() {
    DrivenScorer.raw(scorer.events, "k", "oops");
    DrivenScorer.raw(scorer.events, "k", null);
    String without = "{\"id\":\"e\",\"at\":%d,\"text\":\"a\"}".formatted(NOW.toEpochMilli());
    DrivenScorer.raw(scorer.events, "k", without);
    List<TestRecord<byte[], byte[]>> dead = scorer.dead.readRecordsToList();
    assertThat(dead)
        .extracting(letter -> header(letter, "hw_reason"))
        .containsExactly("malformed", "null-value", "missing-field");
    assertThat(dead.get(2).value()).isEqualTo(without.getBytes(UTF_8));
    assertThat(header(dead.get(2), "__streams.errors.topic")).isEqualTo(TOPICS.events());
    DrivenScorer.raw(
        scorer.events,
        "k",
        "{\"id\":\"e\",\"at\":%d,\"card\":\"c\",\"text\":\"\\ud800\",\"hw\":{\"hour\":{\"count\":99},\"x\":1}}"
            .formatted(NOW.toEpochMilli()));
    JsonNode ours = json(scorer.enriched.readRecord()).get("hw");
    assertThat(ours.at("/hour/count").asInt()).isOne();
    assertThat(ours.has("x")).isFalse();
    assertThat(scorer.scores.readRecordsToList()).hasSize(1);
  }

  @Test
  void silentKeys_areFreedByTheEventsClock() {
    for (int i = 0; i < 50; i++) {
      sale("e" + i, "card" + i, 0, 1);
    }
    sale("again", "card0", 100, 1);
    sale("now", "other", 130, 1);
    scorer.driver.advanceWallClockTime(Duration.ofSeconds(1));
    for (String store : List.of("windows-held", "windows-due")) {
      try (var left = scorer.driver.getKeyValueStore(store).all()) {
        assertThat(left).toIterable().as(store).hasSize(2);
      }
    }
  }
}
