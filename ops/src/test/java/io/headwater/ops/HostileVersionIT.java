package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headwater.model.guard.ModelGuard;
import io.headwater.model.guard.ModelLimits;
import io.headwater.model.guard.RefusalReason;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class HostileVersionIT {
  private static final Logger LOG = LoggerFactory.getLogger(HostileVersionIT.class);
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration LOOK_EVERY = Duration.ofMillis(2);
  private static final Duration TRICKLE = Duration.ofMillis(10);
  private static final Duration REFUSED_WITHIN = Duration.ofSeconds(5);

  @TempDir Path folder;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Pipeline pipeline = TinyMlp.pipeline("mlp");
  private final List<Future<RecordMetadata>> sent = new CopyOnWriteArrayList<>();

  @Test
  void hostileVersions_inProduction_areRefusedByNameAndTheSoundOneGoesOnScoring() throws Exception {
    ModelPackage sound = TinyMlp.version(pipeline, TinyMlp.WIDTH);
    ModelPackage next = TinyMlp.withBias(sound, 1);
    List<HostileVersion> hostile =
        HostileVersion.all(sound, TinyMlp.version(pipeline, 2 * TinyMlp.WIDTH));
    assertThat(HostileVersion.bomb()).hasSizeLessThan(130);
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
      createTopics(client);
      ScheduledExecutorService trickle = Executors.newSingleThreadScheduledExecutor();
      try (StageWriter writer = writer(client);
          ScorerApp scorer = scorer(client);
          KafkaProducer<byte[], byte[]> producer =
              new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
        publish(writer, sound);
        scorer.start();
        await().atMost(SOON).until(() -> scorer.status().state() == ScorerStatus.State.RUNNING);
        Future<?> trickling =
            trickle.scheduleAtFixedRate(
                () -> send(producer), 0, TRICKLE.toMillis(), TimeUnit.MILLISECONDS);
        awaitScored(20);
        for (HostileVersion version : hostile) {
          assertRefused(writer, version);
          String brief = Digest.brief(version.version().version());
          await()
              .atMost(SOON)
              .untilAsserted(
                  () ->
                      assertThat(scorer.status().detail())
                          .contains(brief + " was refused", "goes on scoring"));
          assertThat(scorer.status().version()).isEqualTo(sound.version());
          assertThat(scorer.status().state()).isEqualTo(ScorerStatus.State.RUNNING);
          awaitScored(sent.size() + 10);
        }
        assertThat(rejected()).isEqualTo(hostile.size());
        int scoredBySound = sent.size();
        awaitScored(scoredBySound);

        publish(writer, next);

        await().atMost(SOON).until(() -> next.version().equals(scorer.status().version()));
        awaitScored(sent.size() + 10);
        trickling.cancel(false);
        trickle.shutdown();
        assertThat(trickle.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        assertThat(sent).allSatisfy(record -> assertThat(record).succeedsWithin(SOON));
        assertThat(scorer.status().detail()).startsWith("scoring with");
        await().atMost(SOON).until(() -> scores(broker).size() >= sent.size());
        assertScores(scores(broker), scoredBySound, sound, next);
      } finally {
        trickle.shutdownNow();
      }
      assertThat(CommittedRecords.of(pipeline.topics().deadLetters(), broker.bootstrapServers()))
          .isEmpty();
    }
  }

  private void assertRefused(StageWriter writer, HostileVersion hostile) {
    double before = refused(hostile.reason());
    double others = rejected() - before;
    publish(writer, hostile.version());
    long published = System.nanoTime();
    double scored = scored();
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(LOOK_EVERY)
        .atMost(SOON)
        .until(() -> rejected() > before + others);
    Duration took = Duration.ofNanos(System.nanoTime() - published);
    LOG.warn(
        "{}: refused ({}) {} ms after it was published, {} events scored meanwhile",
        hostile.what(),
        hostile.reason().code(),
        took.toMillis(),
        (long) (scored() - scored));
    assertThat(refused(hostile.reason())).as(hostile.what()).isEqualTo(before + 1);
    assertThat(rejected()).as(hostile.what()).isEqualTo(before + others + 1);
    assertThat(took).as(hostile.what()).isLessThan(REFUSED_WITHIN);
  }

  private void assertScores(
      List<Score> scores, int scoredBySound, ModelPackage sound, ModelPackage next) {
    List<String> ids = scores.stream().map(Score::getEventId).toList();
    assertThat(ids).hasSize(sent.size());
    assertThat(new HashSet<>(ids)).hasSize(sent.size());
    assertThat(scores)
        .allSatisfy(
            score ->
                assertThat(score.getVersion())
                    .isIn(
                        Integer.parseInt(score.getEventId()) < scoredBySound
                            ? List.of(sound.version())
                            : List.of(sound.version(), next.version())));
    assertThat(scores).anyMatch(score -> score.getVersion().equals(next.version()));
  }

  private ScorerApp scorer(Map<String, Object> client) {
    Properties limits = new Properties();
    limits.setProperty("headwater.guard.max-run-ms", "400");
    return new ScorerApp(
        pipeline,
        client,
        ScorerOptions.defaults(folder.resolve("scorer"))
            .withGuard(new ModelGuard(ModelLimits.of(limits))),
        TestSigning.TRUST,
        registry);
  }

  private void createTopics(Map<String, Object> client) {
    try (Admin admin = Admin.create(client)) {
      new TopicAdmin(admin)
          .create(TopicCatalogue.of(pipeline.topics(), 2, 1, pipeline.event().maxBytes()));
    }
  }

  private StageWriter writer(Map<String, Object> client) {
    return new StageWriter(
        pipeline.topics(), Stage.PRODUCTION, client, TestSigning.BY_PROMOTER, Clock.systemUTC());
  }

  private static void publish(StageWriter writer, ModelPackage version) {
    writer.publish(version, ToyModel.decision(version), Map.of(), Instant.now());
  }

  private void send(KafkaProducer<byte[], byte[]> producer) {
    String id = Integer.toString(sent.size());
    byte[] event = TinyMlp.event(id, sent.size()).toString().getBytes(UTF_8);
    sent.add(
        producer.send(new ProducerRecord<>(pipeline.topics().events(), id.getBytes(UTF_8), event)));
  }

  private List<Score> scores(EmbeddedBroker broker) {
    RecordSerde<Score> serde = RecordSerde.json(Score.class);
    List<Score> scores = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record :
        CommittedRecords.of(pipeline.topics().scores(), broker.bootstrapServers())) {
      scores.add(serde.read(record.value()));
    }
    return scores;
  }

  private void awaitScored(int events) {
    await().atMost(SOON).until(() -> scored() >= events);
  }

  private double scored() {
    return registry.get("headwater.events.scored").counter().count();
  }

  private double refused(RefusalReason reason) {
    return registry
        .get("headwater.model.rejected")
        .tags("reason", reason.code(), "stage", "production")
        .counter()
        .count();
  }

  private double rejected() {
    return registry.get("headwater.model.rejected").counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }
}
