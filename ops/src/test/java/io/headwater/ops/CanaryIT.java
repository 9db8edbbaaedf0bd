package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.Placed;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerOptions;
import io.headwater.stream.ScorerStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A champion, a canary and three shadows on one backbone. */
class CanaryIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final RecordSerde<Score> SCORES = RecordSerde.json(Score.class);
  private static final int KEYS = 60;
  private static final double SHARE = 0.3;

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;

  /** A score as it stands on its topic. */
  private record Read(String key, String model, String stage, Score score) {}

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<ScorerApp> scorers = new ArrayList<>();

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @AfterEach
  void closeScorers() {
    scorers.forEach(ScorerApp::close);
  }

  @Test
  void events_underARollout_haveOneServedScoreEachAndPromotionsNeedNoRestart() {
    Pipeline pipeline = pipeline("rollout");
    List<PublishedVersion> versions = candidates(pipeline, 5);
    PublishedVersion champion = versions.get(0);
    PublishedVersion canary = versions.get(1);
    List<PublishedVersion> shadows = versions.subList(2, 5);
    promote(pipeline, champion);
    put(pipeline, Stage.CANARY, List.of(canary), SHARE);
    put(pipeline, Stage.SHADOW, shadows, 1);
    ScorerApp scorer = start(pipeline, Duration.ofDays(1));
    awaitDetail(scorer, "canary", "3 in shadow");

    int events = 5 * KEYS;
    send(pipeline, 0, events);
    List<Read> served = awaitRead(pipeline.topics().scores(), events);
    assertThat(served).extracting(read -> read.score().getEventId()).doesNotHaveDuplicates();
    Map<String, Set<String>> byKey =
        served.stream().collect(groupingBy(Read::key, mapping(Read::model, toSet())));
    assertThat(byKey).hasSize(KEYS).allSatisfy((key, models) -> assertThat(models).hasSize(1));
    List<Read> byCanary = of(served, canary);
    assertThat(byCanary.size() + of(served, champion).size()).isEqualTo(events);
    assertThat(byCanary.size() / (double) events).isCloseTo(SHARE, within(0.2));
    assertThat(byCanary).allMatch(read -> read.score().getStage() == Stage.CANARY);

    List<Read> beside =
        awaitRead(pipeline.topics().shadowScores(), shadows.size() * events + byCanary.size());
    for (PublishedVersion shadow : shadows) {
      assertThat(ids(of(beside, shadow))).hasSize(events).containsAll(ids(served));
      assertThat(of(beside, shadow)).allMatch(read -> read.score().getStage() == Stage.SHADOW);
    }
    assertThat(ids(of(beside, champion))).containsExactlyInAnyOrderElementsOf(ids(byCanary));
    assertThat(of(beside, champion)).allMatch(read -> read.score().getStage() == Stage.PRODUCTION);
    // a backbone and at most five heads a batch
    double batches = registry.get("headwater.batch.size").summary().count();
    assertThat(count("headwater.session.runs")).isLessThanOrEqualTo(6 * batches);

    PublishedVersion next = shadows.get(0);
    promote(pipeline, next);
    await().atMost(SOON).until(() -> next.version().equals(scorer.status().version()));
    awaitDetail(scorer, "canary", "2 in shadow");
    send(pipeline, events, 2 * events);
    List<Read> later =
        awaitRead(pipeline.topics().scores(), 2 * events).stream()
            .filter(read -> number(read) >= events)
            .toList();
    assertThat(later).hasSize(events).extracting(Read::model).doesNotContain(champion.version());
    later.forEach(
        read ->
            assertThat(read.model())
                .isEqualTo(
                    byKey.get(read.key()).contains(canary.version())
                        ? canary.version()
                        : next.version()));
    put(pipeline, Stage.CANARY, List.of(), 1);
    put(pipeline, Stage.SHADOW, List.of(), 1);
    await().atMost(SOON).until(() -> !scorer.status().detail().matches(".*(canary|shadow).*"));
    assertThat(count("headwater.stream.failures")).isZero();
    assertThat(CommittedRecords.of(pipeline.topics().deadLetters(), broker.bootstrapServers()))
        .isEmpty();
  }

  @Test
  void events_thatWaitedTooLong_areNotScoredInShadow() {
    Pipeline pipeline = pipeline("lag");
    List<PublishedVersion> versions = candidates(pipeline, 2);
    promote(pipeline, versions.get(0));
    put(pipeline, Stage.SHADOW, versions.subList(1, 2), 1);
    send(pipeline, 0, KEYS);
    ScorerApp scorer = start(pipeline, Duration.ZERO);
    awaitRead(pipeline.topics().scores(), KEYS);
    awaitDetail(scorer, "1 in shadow");
    send(pipeline, KEYS, 2 * KEYS);
    awaitRead(pipeline.topics().scores(), 2 * KEYS);
    assertThat(read(pipeline.topics().shadowScores())).isEmpty();
    assertThat(count("headwater.shadow.shed")).isBetween((double) KEYS, 2.0 * KEYS);
  }

  private double count(String meter) {
    return registry.get(meter).counter().count();
  }

  private static void awaitDetail(ScorerApp scorer, String... parts) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(scorer.status().state()).isEqualTo(ScorerStatus.State.RUNNING);
              assertThat(scorer.status().detail()).contains(parts);
            });
  }

  private static List<Read> of(List<Read> scores, PublishedVersion version) {
    return scores.stream().filter(read -> read.model().equals(version.version())).toList();
  }

  private static List<String> ids(List<Read> scores) {
    return scores.stream().map(read -> read.score().getEventId()).toList();
  }

  private static int number(Read read) {
    return Integer.parseInt(read.score().getEventId().substring(1));
  }

  private static List<Read> awaitRead(String topic, int count) {
    await().atMost(SOON).until(() -> read(topic).size() >= count);
    List<Read> read = read(topic);
    assertThat(read).hasSize(count);
    return read;
  }

  private static List<Read> read(String topic) {
    List<Read> scores = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record :
        CommittedRecords.of(topic, broker.bootstrapServers())) {
      Read read =
          new Read(
              new String(record.key(), UTF_8),
              new String(record.headers().lastHeader("hw_model").value(), UTF_8),
              new String(record.headers().lastHeader("hw_stage").value(), UTF_8),
              SCORES.read(record.value()));
      assertThat(read.model()).isEqualTo(read.score().getVersion());
      assertThat(read.stage()).isEqualTo(read.score().getStage().name().toLowerCase(Locale.ROOT));
      scores.add(read);
    }
    return scores;
  }

  private static void send(Pipeline pipeline, int from, int to) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = from; i < to; i++) {
        String event = "{\"id\":\"e%d\",\"time\":%d,\"text\":\"one more\"}";
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    pipeline.topics().events(),
                    ("key-" + i % KEYS).getBytes(UTF_8),
                    event.formatted(i, 1_577_836_800_000L + i).getBytes(UTF_8))));
      }
    }
    assertThat(sent).allSatisfy(record -> assertThat(record).succeedsWithin(SOON));
  }

  private ScorerApp start(Pipeline pipeline, Duration shedAfter) {
    ScorerOptions options =
        ScorerOptions.defaults(folder.resolve(pipeline.name())).withSheddingAfter(shedAfter);
    ScorerApp scorer = new ScorerApp(pipeline, client, options, TestSigning.TRUST, registry);
    scorers.add(scorer);
    scorer.start();
    return scorer;
  }

  private static Pipeline pipeline(String name) {
    Pipeline pipeline =
        PipelineFile.parse(
            name + ".yaml",
            """
            pipeline: %s
            partitions: 2
            event: { id: id, time: time }
            model: { pretrained: all-minilm-l6-v2-q }
            features:
              text: { type: text, fields: [text], maxTokens: 32 }
            labels: [ham, spam]
            """
                .formatted(name));
    try (Admin admin = Admin.create(client)) {
      new TopicAdmin(admin)
          .create(TopicCatalogue.of(pipeline.topics(), 2, 1, pipeline.event().maxBytes()));
    }
    return pipeline;
  }

  /** Trained heads of one backbone, published one after the other. */
  private static List<PublishedVersion> candidates(Pipeline pipeline, int count) {
    ModelPackage untrained = MiniLm.untrained(pipeline);
    List<PublishedVersion> versions = new ArrayList<>();
    try (StageWriter writer = writer(pipeline, Stage.CANDIDATE)) {
      for (int i = 1; i <= count; i++) {
        ModelPackage version =
            untrained.withHeadWeights(
                Map.of("head.output.bias", new float[] {i, 0}),
                untrained.manifest().getLineage(),
                null,
                List.of());
        versions.add(
            writer.publish(version, ToyModel.decision(version), Map.of(), ToyModel.THEN).version());
      }
    }
    return versions;
  }

  private static void promote(Pipeline pipeline, PublishedVersion version) {
    try (StageWriter writer = writer(pipeline, Stage.PRODUCTION)) {
      writer.promote(version, ToyModel.decision(version.model()), Instant.now());
    }
  }

  private static void put(
      Pipeline pipeline, Stage stage, List<PublishedVersion> versions, double share) {
    try (StageWriter writer = writer(pipeline, stage)) {
      ModelPackage decided = MiniLm.untrained(pipeline);
      writer.put(
          versions.stream()
              .map(version -> new Placed(version, share, "2026-06", ToyModel.THEN))
              .toList(),
          ToyModel.decision(versions.isEmpty() ? decided : versions.get(0).model()));
    }
  }

  private static StageWriter writer(Pipeline pipeline, Stage stage) {
    return new StageWriter(
        pipeline.topics(), stage, client, TestSigning.BY_PROMOTER, Clock.systemUTC());
  }
}
