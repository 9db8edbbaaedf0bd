package io.headwater.stream;

import static io.headwater.stream.DrivenScorer.header;
import static io.headwater.stream.DrivenScorer.raw;
import static io.headwater.stream.TestPipelines.NOW;
import static io.headwater.stream.TestPipelines.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Pipeline.OutOfBounds;
import io.headwater.schemas.Example;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.stream.meter.ScorerMeters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedbackTopologyTest {
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
  void labelAfterEvent_makesAnExample() {
    scorer.event("e1", NOW, "four");
    scorer.label("e1", "good", NOW.plusSeconds(5), 0);
    TestRecord<byte[], byte[]> record = scorer.examples.readRecord();
    assertThat(record.key()).isEqualTo("e1".getBytes(UTF_8));
    assertThat(record.headers()).isEmpty();
    Example example = RecordSerde.json(Example.class).read(record.value());
    assertThat(example.getLabel()).isEqualTo("good");
    assertThat(example.getLabeledAt()).isEqualTo(NOW.plusSeconds(5));
    assertThat(example.getSource()).isEqualTo("bob");
    assertThat(example.getScores()).hasSize(1);
    assertThat(example.getScores().get(0).getVersion()).isEqualTo("v1");
    assertThat(example.getActivation().getPrefix()).isEqualTo("prefix");
    ByteBuffer values = example.getActivation().getValues().order(ByteOrder.LITTLE_ENDIAN);
    assertThat(values.remaining()).isEqualTo(8);
    assertThat(values.getFloat()).isEqualTo(4f);
    assertThat(example.getEvent().getTopic()).isEqualTo(TOPICS.events());
    assertThat(example.getEvent().getOffset()).isZero();
    assertThat(scorer.examples.isEmpty()).isTrue();
    assertThat(scorer.labelsCounted("joined")).isEqualTo(1);
  }

  @Test
  void labelBeforeEvent_makesTheSameExample() {
    scorer.label("e1", "bad", NOW.plusSeconds(5), 0);
    assertThat(scorer.examples.isEmpty()).isTrue();
    scorer.event("e1", NOW, "four");
    assertThat(scorer.examples()).extracting(Example::getLabel).containsExactly("bad");
  }

  @Test
  void label_againOrLower_isADuplicate_andHigherIsANewExample() {
    scorer.event("e1", NOW, "a");
    scorer.label("e1", "bad", NOW, 1);
    scorer.label("e1", "bad", NOW, 1);
    scorer.label("e1", "good", NOW, 0);
    scorer.label("e1", "good", NOW, 2);
    assertThat(scorer.examples()).extracting(Example::getRevision).containsExactly(1, 2);
    assertThat(scorer.labelsCounted("duplicate")).isEqualTo(2);
    assertThat(scorer.dead.isEmpty()).isTrue();
  }

  @Test
  void conflictingLabels_ofOneRevision_endWithTheOneKnownFirst() {
    scorer.event("e1", NOW, "a");
    scorer.label("e1", "good", NOW.plusSeconds(2), 1);
    scorer.label("e1", "bad", NOW.plusSeconds(1), 1);
    scorer.label("e1", "good", NOW.plusSeconds(3), 1);
    assertThat(scorer.examples()).extracting(Example::getLabel).containsExactly("good", "bad");
    assertThat(scorer.labelsCounted("joined")).isEqualTo(2);
    assertThat(scorer.labelsCounted("conflicting")).isEqualTo(1);
  }

  @Test
  void activations_recomputed_staysOutOfTheExamples() {
    restart(
        TestPipelines.with(
            TestPipelines.event("id", "at", OutOfBounds.DEAD_LETTER),
            new Pipeline.Feedback(
                true, Duration.ofDays(3), false, null, Pipeline.Activations.RECOMPUTE)));
    scorer.event("e1", NOW, "a");
    scorer.label("e1", "good", NOW.plusSeconds(2), 1);
    assertThat(scorer.examples())
        .singleElement()
        .satisfies(example -> assertThat(example.getActivation()).isNull());
  }

  @Test
  void silence_isALabelOnceTheEventIsMature_whereThePipelineSaysSo() {
    restart(
        TestPipelines.with(
            TestPipelines.event("id", "at", OutOfBounds.DEAD_LETTER),
            new Pipeline.Feedback(
                Duration.ofDays(3), false, new Pipeline.Silence(Duration.ofDays(1), "bad"))));
    Instant past = NOW.minus(Duration.ofDays(10));
    scorer.event("silent", past, "a");
    scorer.event("told", past, "a");
    scorer.label("told", "good", past.plusSeconds(1), 0);
    scorer.eventsReach(past.plus(Duration.ofDays(2)));
    scorer.label("silent", "good", past.plus(Duration.ofDays(2)), 0);
    assertThat(scorer.examples())
        .extracting(Example::getEventId, Example::getLabel, Example::getRevision)
        .containsExactly(
            tuple("told", "good", 0), tuple("silent", "bad", -1), tuple("silent", "good", 0));
    assertThat(scorer.registry.get("headwater.examples.of.silence").counter().count()).isOne();
  }

  @Test
  void arrival_inSeededOrders_endsWithTheSameExamples() {
    Set<Map<String, String>> ends = new HashSet<>();
    for (int seed = 0; seed < 5; seed++) {
      restart(TestPipelines.reviews());
      List<Runnable> arrivals = new ArrayList<>();
      Random made = new Random(1);
      for (int i = 0; i < 120; i++) {
        String id = "e" + i;
        Instant at = NOW.minusSeconds(made.nextInt(40_000));
        arrivals.add(() -> scorer.event(id, at, "a"));
        for (int j = made.nextInt(4); j > 0; j--) {
          String label = made.nextBoolean() ? "good" : "bad";
          Instant known =
              at.plusSeconds(made.nextInt(100_000)).isAfter(NOW)
                  ? NOW
                  : at.plusSeconds(made.nextInt(30_000));
          int revision = made.nextInt(3);
          arrivals.add(() -> scorer.label(id, label, known, revision));
        }
      }
      Collections.shuffle(arrivals, new Random(seed));
      arrivals.forEach(Runnable::run);
      Map<String, String> standing = new TreeMap<>();
      scorer
          .examples()
          .forEach(
              example ->
                  standing.put(
                      example.getEventId(),
                      example.getLabel() + example.getRevision() + example.getLabeledAt()));
      ends.add(standing);
    }
    assertThat(ends).hasSize(1);
    assertThat(ends.iterator().next()).hasSizeGreaterThan(60);
  }

  @Test
  void event_twice_makesOneExample() {
    scorer.event("e1", NOW, "a");
    scorer.label("e1", "bad", NOW, 0);
    scorer.event("e1", NOW, "a");
    assertThat(scorer.examples()).hasSize(1);
    assertThat(scorer.registry.get("headwater.events.duplicate").counter().count()).isEqualTo(1);
  }

  @Test
  void lateLabel_isADeadLetterWithItsOwnBytes() {
    scorer.event("e1", NOW.minus(Duration.ofDays(2)), "a");
    scorer.label("e1", "good", NOW, 0, header("who", "bob"));
    assertThat(scorer.examples.isEmpty()).isTrue();
    TestRecord<byte[], byte[]> letter = scorer.dead.readRecord();
    assertThat(header(letter, "hw_reason")).isEqualTo("late-label");
    assertThat(header(letter, "who")).isEqualTo("bob");
    assertThat(letter.key()).isEqualTo("lk".getBytes(UTF_8));
    assertThat(new String(letter.value(), UTF_8)).contains("\"eventId\":\"e1\"");
    assertThat(scorer.labelsCounted("late")).isEqualTo(1);
  }

  @Test
  void orphanLabel_isADeadLetterOnceTheEventsHavePassed() {
    scorer.label("gone", "good", NOW.minus(Duration.ofDays(3)), 0, header("who", "bob"));
    scorer.eventsReach(NOW.minus(Duration.ofDays(2)));
    assertThat(scorer.dead.isEmpty()).isTrue();
    scorer.eventsReach(NOW.minus(Duration.ofDays(1)));
    TestRecord<byte[], byte[]> letter = scorer.dead.readRecord();
    assertThat(header(letter, "hw_reason")).isEqualTo("orphan-label");
    assertThat(header(letter, "who")).isEqualTo("bob");
    assertThat(header(letter, "__streams.errors.topic")).isEqualTo(TOPICS.labels());
    assertThat(scorer.labelsCounted("orphan")).isEqualTo(1);
  }

  @Test
  void labels_aloneNeverExpireWhatWaitsForItsScore() {
    scorer.label("slow", "good", NOW.minus(Duration.ofDays(10)), 0);
    scorer.label("other", "good", NOW, 0);
    scorer.driver.advanceWallClockTime(Duration.ofSeconds(1));
    scorer.event("slow", NOW.minus(Duration.ofDays(10)), "a");
    assertThat(scorer.examples()).extracting(Example::getEventId).containsExactly("slow");
  }

  @Test
  void state_isFreedOnceNothingInTimeCanCome() {
    for (int i = 0; i < 50; i++) {
      scorer.event("e" + i, NOW.minus(Duration.ofDays(5)).plusSeconds(i), "a");
      scorer.label("e" + i, "good", NOW.minus(Duration.ofDays(5)).plusSeconds(i), 0);
      scorer.label("orphan" + i, "good", NOW.minus(Duration.ofDays(5)), 0);
    }
    assertThat(scorer.driver.getKeyValueStore("feedback-held").approximateNumEntries())
        .isGreaterThan(50);
    scorer.eventsReach(NOW);
    for (String store : Set.of("feedback-held", "feedback-due")) {
      try (var left = scorer.driver.getKeyValueStore(store).all()) {
        assertThat(left).toIterable().as(store).hasSize(1);
      }
    }
    scorer.label("e1", "bad", NOW.minus(Duration.ofDays(5)), 1);
    assertThat(scorer.examples()).hasSize(50);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "oops | malformed",
        "{\"eventId\":\"e1\",\"label\":\"ugly\"} | unknown-label",
        "{\"eventId\":\"e1\",\"label\":\"good\",\"labeledAt\":4102444800000} | time-out-of-bounds",
      })
  void badLabel_endsAsOneDeadLetter(String value, String reason) {
    scorer.event("e1", NOW, "a");
    raw(scorer.labels, "lk", value);
    scorer.label("e1", "good", NOW, 0);
    TestRecord<byte[], byte[]> letter = scorer.dead.readRecord();
    assertThat(header(letter, "hw_reason")).isEqualTo(reason);
    assertThat(letter.value()).isEqualTo(value.getBytes(UTF_8));
    assertThat(scorer.dead.isEmpty()).isTrue();
    assertThat(scorer.examples()).hasSize(1);
  }

  @Test
  void nullLabel_isADeadLetter() {
    raw(scorer.labels, "lk", null);
    assertThat(header(scorer.dead.readRecord(), "hw_reason")).isEqualTo("null-value");
  }

  @Test
  void probe_isScored_butMakesNoExampleAndCountsApart() {
    scorer.event("p", NOW, "a", header("hw_probe", ""));
    scorer.label("p", "good", NOW, 0, header("hw_probe", ""));
    assertThat(scorer.scores.readRecord().headers().lastHeader("hw_probe")).isNotNull();
    assertThat(scorer.examples.isEmpty()).isTrue();
    assertThat(scorer.dead.isEmpty()).isTrue();
    assertThat(scorer.registry.get("headwater.events.scored").counter().count()).isZero();
    assertThat(scorer.registry.get("headwater.probes.scored").counter().count()).isEqualTo(1);
    assertThat(scorer.labelsCounted("probe")).isEqualTo(1);
  }

  @Test
  void copartitionedPipeline_joinsWithoutRepartitioning() {
    Pipeline pipeline =
        TestPipelines.with(TestPipelines.event("id", "at", OutOfBounds.DEAD_LETTER), true);
    assertThat(
            DrivenScorer.topology(pipeline, Optional::empty, new ScorerMeters(scorer.registry))
                .describe()
                .toString())
        .doesNotContain("-repartition");
    restart(pipeline);
    scorer.label("e1", "bad", NOW, 0);
    scorer.event("e1", NOW, "a");
    assertThat(scorer.examples()).hasSize(1);
  }
}
