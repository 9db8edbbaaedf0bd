package io.headwater.stream;

import static io.headwater.stream.TestPipelines.NOW;
import static io.headwater.stream.TestPipelines.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Pipeline.OutOfBounds;
import io.headwater.schemas.Example;
import io.headwater.schemas.Score;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.stream.ingest.JsonEvents;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.ScoringSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScorerTopologyTest {
  private final FakeScoring model = new FakeScoring();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private @TempDir Path state;
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> events;
  private TestInputTopic<byte[], byte[]> labels;
  private TestOutputTopic<byte[], byte[]> scores;
  private TestOutputTopic<byte[], byte[]> examples;
  private TestOutputTopic<byte[], byte[]> dead;

  @BeforeEach
  void start() {
    start(TestPipelines.reviews());
  }

  private Topology topology(Pipeline pipeline) {
    return ScorerTopology.of(
        pipeline,
        RecordSerdes.json(),
        new JsonEvents(pipeline.event().maxBytes()),
        model::lease,
        new ScoringSettings(8, 4, Duration.ofSeconds(1)),
        new ScorerMeters(registry),
        TestPipelines.CLOCK);
  }

  private void start(Pipeline pipeline) {
    if (driver != null) {
      driver.close();
    }
    Properties settings =
        StreamsSettings.of(
            pipeline, Map.of("bootstrap.servers", "none:1"), ScorerOptions.defaults(state));
    driver = new TopologyTestDriver(topology(pipeline), settings, NOW);
    events = input(TOPICS.events());
    labels = input(TOPICS.labels());
    scores = output(TOPICS.scores());
    examples = output(TOPICS.examples());
    dead = output(TOPICS.deadLetters());
  }

  private TestInputTopic<byte[], byte[]> input(String topic) {
    return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private TestOutputTopic<byte[], byte[]> output(String topic) {
    return driver.createOutputTopic(
        topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  private void event(String id, Instant at, String text, Header... headers) {
    String json =
        "{\"id\":\"" + id + "\",\"at\":" + at.toEpochMilli() + ",\"text\":\"" + text + "\"}";
    raw(events, "key-" + id, json, headers);
  }

  private void label(String id, String label, Instant at, int revision, Header... headers) {
    String json =
        "{\"eventId\":\"%s\",\"label\":\"%s\",\"labeledAt\":%d,\"revision\":%d,\"source\":\"bob\"}";
    raw(labels, "lk", json.formatted(id, label, at.toEpochMilli(), revision), headers);
  }

  private static void raw(
      TestInputTopic<byte[], byte[]> topic, String key, @Nullable String value, Header... headers) {
    topic.pipeInput(
        new TestRecord<>(
            key.getBytes(UTF_8),
            value == null ? null : value.getBytes(UTF_8),
            new RecordHeaders(headers),
            NOW));
  }

  private static Header header(String key, String value) {
    return new org.apache.kafka.common.header.internals.RecordHeader(key, value.getBytes(UTF_8));
  }

  private static String header(TestRecord<byte[], byte[]> record, String key) {
    return new String(record.headers().lastHeader(key).value(), UTF_8);
  }

  private List<Example> examples() {
    return examples.readValuesToList().stream().map(RecordSerde.json(Example.class)::read).toList();
  }

  private double labelsCounted(String outcome) {
    return registry.get("headwater.labels").tag("outcome", outcome).counter().count();
  }

  /** Moves the events' clock, then lets the join free what is due. */
  private void eventsReach(Instant clock) {
    event("clock-" + clock, clock, "tick");
    driver.advanceWallClockTime(Duration.ofSeconds(1));
  }

  @Test
  void event_isScored_withItsKeyAndItsHeaders() {
    event("e1", NOW, "quite a good one", header("ce_id", "7"), header("traceparent", "00-a"));
    TestRecord<byte[], byte[]> record = scores.readRecord();
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
    assertThat(scores.isEmpty()).isTrue();
    assertThat(dead.isEmpty()).isTrue();
  }

  @Test
  void event_thatCarriesOurHeaders_getsThemReplaced() {
    event("e1", NOW, "x", header("hw_model", "old"));
    TestRecord<byte[], byte[]> record = scores.readRecord();
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
    event("before", NOW, "a");
    raw(events, "k", value, header("ce_id", "7"));
    event("after", NOW, "a");
    assertThat(scores.readValuesToList()).hasSize(2);
    TestRecord<byte[], byte[]> letter = dead.readRecord();
    assertThat(dead.isEmpty()).isTrue();
    assertThat(letter.key()).isEqualTo("k".getBytes(UTF_8));
    assertThat(letter.value()).isEqualTo(value.getBytes(UTF_8));
    assertThat(header(letter, "hw_reason")).isEqualTo(reason);
    assertThat(header(letter, "ce_id")).isEqualTo("7");
    assertThat(header(letter, "__streams.errors.topic")).isEqualTo(TOPICS.events());
    assertThat(header(letter, "__streams.errors.offset")).isEqualTo("1");
    assertThat(letter.headers()).extracting(Header::key).doesNotContain("hw_polled");
    assertThat(registry.get("headwater.dead.letters").tag("reason", reason).counter().count())
        .isEqualTo(1);
  }

  @Test
  void nullAndOversizedEvents_reachTheDeadLettersWhole() {
    raw(events, "k", null);
    raw(events, "k", "x".repeat(1001));
    TestRecord<byte[], byte[]> empty = dead.readRecord();
    assertThat(empty.value()).isNull();
    assertThat(header(empty, "hw_reason")).isEqualTo("null-value");
    TestRecord<byte[], byte[]> large = dead.readRecord();
    assertThat(large.value()).hasSize(1001);
    assertThat(header(large, "hw_reason")).isEqualTo("too-large");
  }

  @ParameterizedTest
  @CsvSource({"DEAD_LETTER, 0, 3", "CLAMP, 3, 0"})
  void recordTimestamp_outOfBounds_isDeadOrClamped(OutOfBounds policy, int scored, int killed) {
    start(TestPipelines.with(TestPipelines.event("$key", "$timestamp", policy), false));
    for (long timestamp : new long[] {0, 1, Instant.parse("2099-01-01T00:00:00Z").toEpochMilli()}) {
      events.pipeInput("k".getBytes(UTF_8), "{\"text\":\"a\"}".getBytes(UTF_8), timestamp);
    }
    assertThat(scores.readRecordsToList()).hasSize(scored);
    List<TestRecord<byte[], byte[]>> letters = dead.readRecordsToList();
    assertThat(letters).hasSize(killed).allMatch(letter -> letter.timestamp() >= 0);
  }

  @Test
  void labelAfterEvent_makesAnExample() {
    event("e1", NOW, "four");
    label("e1", "good", NOW.plusSeconds(5), 0);
    TestRecord<byte[], byte[]> record = examples.readRecord();
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
    assertThat(examples.isEmpty()).isTrue();
    assertThat(labelsCounted("joined")).isEqualTo(1);
  }

  @Test
  void labelBeforeEvent_makesTheSameExample() {
    label("e1", "bad", NOW.plusSeconds(5), 0);
    assertThat(examples.isEmpty()).isTrue();
    event("e1", NOW, "four");
    assertThat(examples()).extracting(Example::getLabel).containsExactly("bad");
  }

  @Test
  void label_againOrLower_isADuplicate_andHigherIsANewExample() {
    event("e1", NOW, "a");
    label("e1", "bad", NOW, 1);
    label("e1", "bad", NOW, 1);
    label("e1", "good", NOW, 0);
    label("e1", "good", NOW, 2);
    assertThat(examples()).extracting(Example::getRevision).containsExactly(1, 2);
    assertThat(labelsCounted("duplicate")).isEqualTo(2);
    assertThat(dead.isEmpty()).isTrue();
  }

  @Test
  void event_twice_makesOneExample() {
    event("e1", NOW, "a");
    label("e1", "bad", NOW, 0);
    event("e1", NOW, "a");
    assertThat(examples()).hasSize(1);
    assertThat(registry.get("headwater.events.duplicate").counter().count()).isEqualTo(1);
  }

  @Test
  void lateLabel_isADeadLetterWithItsOwnBytes() {
    event("e1", NOW.minus(Duration.ofDays(2)), "a");
    label("e1", "good", NOW, 0, header("who", "bob"));
    assertThat(examples.isEmpty()).isTrue();
    TestRecord<byte[], byte[]> letter = dead.readRecord();
    assertThat(header(letter, "hw_reason")).isEqualTo("late-label");
    assertThat(header(letter, "who")).isEqualTo("bob");
    assertThat(letter.key()).isEqualTo("lk".getBytes(UTF_8));
    assertThat(new String(letter.value(), UTF_8)).contains("\"eventId\":\"e1\"");
    assertThat(labelsCounted("late")).isEqualTo(1);
  }

  @Test
  void orphanLabel_isADeadLetterOnceTheEventsHavePassed() {
    label("gone", "good", NOW.minus(Duration.ofDays(3)), 0, header("who", "bob"));
    eventsReach(NOW.minus(Duration.ofDays(2)));
    assertThat(dead.isEmpty()).isTrue();
    eventsReach(NOW.minus(Duration.ofDays(1)));
    TestRecord<byte[], byte[]> letter = dead.readRecord();
    assertThat(header(letter, "hw_reason")).isEqualTo("orphan-label");
    assertThat(header(letter, "who")).isEqualTo("bob");
    assertThat(header(letter, "__streams.errors.topic")).isEqualTo(TOPICS.labels());
    assertThat(labelsCounted("orphan")).isEqualTo(1);
  }

  @Test
  void labels_aloneNeverExpireWhatWaitsForItsScore() {
    label("slow", "good", NOW.minus(Duration.ofDays(10)), 0);
    label("other", "good", NOW, 0);
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    event("slow", NOW.minus(Duration.ofDays(10)), "a");
    assertThat(examples()).extracting(Example::getEventId).containsExactly("slow");
  }

  @Test
  void state_isFreedOnceNothingInTimeCanCome() {
    for (int i = 0; i < 50; i++) {
      event("e" + i, NOW.minus(Duration.ofDays(5)).plusSeconds(i), "a");
      label("e" + i, "good", NOW.minus(Duration.ofDays(5)).plusSeconds(i), 0);
      label("orphan" + i, "good", NOW.minus(Duration.ofDays(5)), 0);
    }
    assertThat(driver.getKeyValueStore("feedback-held").approximateNumEntries()).isGreaterThan(50);
    eventsReach(NOW);
    for (String store : Set.of("feedback-held", "feedback-due")) {
      try (var left = driver.getKeyValueStore(store).all()) {
        assertThat(left).toIterable().as(store).hasSize(1);
      }
    }
    label("e1", "bad", NOW.minus(Duration.ofDays(5)), 1);
    assertThat(examples()).hasSize(50);
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
    event("e1", NOW, "a");
    raw(labels, "lk", value);
    label("e1", "good", NOW, 0);
    TestRecord<byte[], byte[]> letter = dead.readRecord();
    assertThat(header(letter, "hw_reason")).isEqualTo(reason);
    assertThat(letter.value()).isEqualTo(value.getBytes(UTF_8));
    assertThat(dead.isEmpty()).isTrue();
    assertThat(examples()).hasSize(1);
  }

  @Test
  void nullLabel_isADeadLetter() {
    raw(labels, "lk", null);
    assertThat(header(dead.readRecord(), "hw_reason")).isEqualTo("null-value");
  }

  @Test
  void probe_isScored_butMakesNoExampleAndCountsApart() {
    event("p", NOW, "a", header("hw_probe", ""));
    label("p", "good", NOW, 0, header("hw_probe", ""));
    assertThat(scores.readRecord().headers().lastHeader("hw_probe")).isNotNull();
    assertThat(examples.isEmpty()).isTrue();
    assertThat(dead.isEmpty()).isTrue();
    assertThat(registry.get("headwater.events.scored").counter().count()).isZero();
    assertThat(registry.get("headwater.probes.scored").counter().count()).isEqualTo(1);
    assertThat(labelsCounted("probe")).isEqualTo(1);
  }

  @Test
  void copartitionedPipeline_joinsWithoutRepartitioning() {
    Pipeline pipeline =
        TestPipelines.with(TestPipelines.event("id", "at", OutOfBounds.DEAD_LETTER), true);
    assertThat(topology(pipeline).describe().toString()).doesNotContain("-repartition");
    start(pipeline);
    label("e1", "bad", NOW, 0);
    event("e1", NOW, "a");
    assertThat(examples()).hasSize(1);
  }

  @Test
  void topology_hasNoGeneratedName_andThreePartsApart() {
    String described = topology(TestPipelines.reviews()).describe().toString();
    Matcher generated = Pattern.compile("(KSTREAM|KTABLE)-[A-Z]+-\\d{10}").matcher(described);
    assertThat(generated.results().map(r -> r.group()).toList()).isEmpty();
    assertThat(described).contains("Sub-topology: 2").doesNotContain("Sub-topology: 3");
    assertThat(described).contains("scores-by-event-repartition", "labels-by-event-repartition");
  }

  @Test
  void settings_enforceExplicitNames() {
    Properties settings =
        StreamsSettings.of(
            TestPipelines.reviews(),
            Map.of("bootstrap.servers", "none:1"),
            ScorerOptions.defaults(state));
    assertThat(settings)
        .containsEntry(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
  }
}
