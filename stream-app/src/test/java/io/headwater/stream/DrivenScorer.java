package io.headwater.stream;

import static io.headwater.stream.TestPipelines.NOW;
import static io.headwater.stream.TestPipelines.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Example;
import io.headwater.schemas.serde.EventDecoder;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.Scoring;
import io.headwater.stream.score.ScoringSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** A scorer's topology in the test driver, with a fake version in force. */
final class DrivenScorer implements AutoCloseable {
  final FakeScoring model = new FakeScoring();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final TopologyTestDriver driver;
  final TestInputTopic<byte[], byte[]> events;
  final TestInputTopic<byte[], byte[]> labels;
  final TestOutputTopic<byte[], byte[]> enriched;
  final TestOutputTopic<byte[], byte[]> scores;
  final TestOutputTopic<byte[], byte[]> shadowScores;
  final TestOutputTopic<byte[], byte[]> examples;
  final TestOutputTopic<byte[], byte[]> dead;

  DrivenScorer(Pipeline pipeline, Path state) {
    this(pipeline, state, RecordSerdes.json(), new JsonEvents(pipeline.event().maxBytes()));
  }

  DrivenScorer(Pipeline pipeline, Path state, RecordSerdes serdes, EventDecoder decoder) {
    driver =
        new TopologyTestDriver(
            topology(pipeline, model::lease, new ScorerMeters(registry), serdes, decoder),
            settings(pipeline, state),
            NOW);
    events = input(TOPICS.events());
    labels = input(TOPICS.labels());
    enriched = output(TOPICS.enriched());
    scores = output(TOPICS.scores());
    shadowScores = output(TOPICS.shadowScores());
    examples = output(TOPICS.examples());
    dead = output(TOPICS.deadLetters());
  }

  static Topology topology(
      Pipeline pipeline, Supplier<Optional<Scoring>> live, ScorerMeters meters) {
    return topology(
        pipeline, live, meters, RecordSerdes.json(), new JsonEvents(pipeline.event().maxBytes()));
  }

  private static Topology topology(
      Pipeline pipeline,
      Supplier<Optional<Scoring>> live,
      ScorerMeters meters,
      RecordSerdes serdes,
      EventDecoder decoder) {
    return ScorerTopology.of(
        pipeline,
        serdes,
        decoder,
        live,
        new ScoringSettings(8, 4, Duration.ofSeconds(1)),
        Runnable::run,
        meters,
        TestPipelines.CLOCK);
  }

  static Properties settings(Pipeline pipeline, Path state) {
    return StreamsSettings.of(
        pipeline, Map.of("bootstrap.servers", "none:1"), ScorerOptions.defaults(state));
  }

  @Override
  public void close() {
    driver.close();
  }

  private TestInputTopic<byte[], byte[]> input(String topic) {
    return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private TestOutputTopic<byte[], byte[]> output(String topic) {
    return driver.createOutputTopic(
        topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  void event(String id, Instant at, String text, Header... headers) {
    String json =
        "{\"id\":\"" + id + "\",\"at\":" + at.toEpochMilli() + ",\"text\":\"" + text + "\"}";
    raw(events, "key-" + id, json, headers);
  }

  void label(String id, String label, Instant at, int revision, Header... headers) {
    String json =
        "{\"eventId\":\"%s\",\"label\":\"%s\",\"labeledAt\":%d,\"revision\":%d,\"source\":\"bob\"}";
    raw(labels, "lk", json.formatted(id, label, at.toEpochMilli(), revision), headers);
  }

  static void raw(
      TestInputTopic<byte[], byte[]> topic, String key, @Nullable String value, Header... headers) {
    topic.pipeInput(
        new TestRecord<>(
            key.getBytes(UTF_8),
            value == null ? null : value.getBytes(UTF_8),
            new RecordHeaders(headers),
            NOW));
  }

  static Header header(String key, String value) {
    return new RecordHeader(key, value.getBytes(UTF_8));
  }

  static String header(TestRecord<byte[], byte[]> record, String key) {
    return new String(record.headers().lastHeader(key).value(), UTF_8);
  }

  List<Example> examples() {
    return examples.readValuesToList().stream().map(RecordSerde.json(Example.class)::read).toList();
  }

  double labelsCounted(String outcome) {
    return registry.get("headwater.labels").tag("outcome", outcome).counter().count();
  }

  /** Moves the events' clock, then lets the join free what is due. */
  void eventsReach(Instant clock) {
    event("clock-" + clock, clock, "tick");
    driver.advanceWallClockTime(Duration.ofSeconds(1));
  }
}
