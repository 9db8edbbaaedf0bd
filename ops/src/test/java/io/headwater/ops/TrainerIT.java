package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.model.log.ModelLog;
import io.headwater.model.log.StageWriter;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.schemas.Activation;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.schemas.GateOutcome;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Setting;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.trainer.FirstVersion;
import io.headwater.trainer.LabelledEvent;
import io.headwater.trainer.TrainerApp;
import io.headwater.trainer.TrainerOptions;
import io.headwater.trainer.TrainerStatus;
import io.headwater.trainer.log.DecisionHistory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String MINILM = "/all-minilm-l6-v2-q";
  private static final int WIDTH = 384;
  private static final int TRIGGER = 60;
  private static final RecordSerde<Example> EXAMPLES = RecordSerde.json(Example.class);

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;
  private static ModelPackage first;

  private final List<TrainerApp> trainers = new ArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Random random = new Random(5);
  private final List<Future<RecordMetadata>> records = new ArrayList<>();
  private int sent;

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
  void closeTrainers() {
    assertThat(records).allSatisfy(record -> assertThat(record).succeedsWithin(SOON));
    trainers.forEach(TrainerApp::close);
    assertThat(trainers)
        .allMatch(trainer -> trainer.status().state() == TrainerStatus.State.CLOSED);
  }

  @Test
  void start_withoutProductionVersion_waitsAndSaysSo() {
    TrainerApp trainer = start(pipeline("untaught"));
    await()
        .atMost(SOON)
        .until(() -> trainer.status().state() == TrainerStatus.State.WAITING_FOR_MODEL);
  }

  @Test
  void firstVersion_ofPlainTexts_tellsThemApart() {
    Pipeline pipeline = pipeline("first");
    Manifest manifest = firstVersion(pipeline).manifest();
    assertThat(manifest.getTrained()).isTrue();
    assertThat(manifest.getLineage().getExampleCount()).isEqualTo(120);
    assertThat(manifest.getMetrics())
        .filteredOn(metric -> metric.getName().equals("holdout.accuracy"))
        .allMatch(metric -> metric.getValue() > 0.9)
        .hasSize(1);
  }

  @Test
  void examples_atEachTrigger_endInOneDecisionAcrossRestarts() {
    Pipeline pipeline = pipeline("taught");
    ModelPackage champion = firstVersion(pipeline);
    publish(pipeline, Stage.PRODUCTION, champion, RolloutAction.PROMOTE, "test");
    TrainerApp trainer = start(pipeline);
    send(pipeline, champion, TRIGGER);
    awaitDecisions(pipeline, 3);
    assertThat(decisions(pipeline))
        .extracting(RolloutDecision::getAction)
        .containsExactly(RolloutAction.PROMOTE, RolloutAction.PUBLISH, RolloutAction.PROMOTE);
    assertThat(decisions(pipeline).get(1).getBytesPublished()).isBetween(1L, 1_000_000L);
    try (ModelLog log =
        new ModelLog(pipeline.topics(), client, folder.resolve("read"), TestSigning.TRUST)) {
      Manifest production = log.latest(Stage.PRODUCTION).orElseThrow().model().manifest();
      assertThat(production.getLineage().getParent()).isEqualTo(champion.version());
      assertThat(production.getLineage().getExampleCount()).isEqualTo(TRIGGER);
      assertThat(production.getLineage().getRanges())
          .anyMatch(range -> range.getTo() > range.getFrom());
      assertThat(production.getLineage().getSettings())
          .contains(new Setting("unseen", String.valueOf(TRIGGER)));
    }

    send(pipeline, champion, TRIGGER / 2);
    await().atMost(SOON).until(() -> trainer.status().sinceTraining() == TRIGGER / 2);
    trainer.close();
    TrainerApp restarted = start(pipeline);
    await().atMost(SOON).until(() -> restarted.status().examplesSeen() == TRIGGER * 3 / 2);
    assertThat(restarted.status().sinceTraining()).isEqualTo(TRIGGER / 2);
    send(pipeline, champion, TRIGGER / 2);
    await()
        .atMost(SOON)
        .until(
            () -> {
              RolloutDecision last = restarted.status().lastDecision();
              return last != null && last.getAction() != RolloutAction.PUBLISH;
            });
    assertThat(decisions(pipeline))
        .filteredOn(decision -> decision.getBy().equals("trainer"))
        .filteredOn(decision -> decision.getAction() != RolloutAction.PROMOTE)
        .extracting(RolloutDecision::getExamplesSeen)
        .containsExactly((long) TRIGGER, 2L * TRIGGER);
  }

  @Test
  void crash_betweenPublishAndPromote_isFinishedAtTheNextStart() {
    Pipeline pipeline = pipeline("crashed");
    ModelPackage champion = firstVersion(pipeline);
    publish(pipeline, Stage.PRODUCTION, champion, RolloutAction.PROMOTE, "test");
    ModelPackage candidate = child(champion, 1);
    publish(pipeline, Stage.CANDIDATE, candidate, RolloutAction.PUBLISH, "trainer");
    TrainerApp trainer = start(pipeline);
    await().atMost(SOON).until(() -> trainer.status().state() == TrainerStatus.State.COLLECTING);
    RolloutDecision last = decisions(pipeline).get(2);
    assertThat(last.getAction()).isEqualTo(RolloutAction.PROMOTE);
    assertThat(last.getVersion()).isEqualTo(candidate.version());
  }

  @Test
  void crash_andProductionMovedOn_withdrawsTheCandidate() {
    Pipeline pipeline = pipeline("overtaken");
    ModelPackage champion = firstVersion(pipeline);
    publish(pipeline, Stage.PRODUCTION, champion, RolloutAction.PROMOTE, "test");
    publish(pipeline, Stage.CANDIDATE, child(champion, 1), RolloutAction.PUBLISH, "trainer");
    publish(pipeline, Stage.PRODUCTION, child(champion, 2), RolloutAction.PROMOTE, "test");
    TrainerApp trainer = start(pipeline);
    await().atMost(SOON).until(() -> trainer.status().state() == TrainerStatus.State.COLLECTING);
    RolloutDecision last = decisions(pipeline).get(3);
    assertThat(last.getAction()).isEqualTo(RolloutAction.REJECT);
    assertThat(last.getReason()).contains("production moved on");
  }

  @Test
  void examples_ofOtherPrefix_areLeftAsideAndTheTrainingRejected() {
    Pipeline pipeline = pipeline("foreign");
    ModelPackage champion = firstVersion(pipeline);
    publish(pipeline, Stage.PRODUCTION, champion, RolloutAction.PROMOTE, "test");
    start(pipeline);
    send(pipeline, "0".repeat(64), TRIGGER);
    awaitDecisions(pipeline, 2);
    RolloutDecision last = decisions(pipeline).get(1);
    assertThat(last.getAction()).isEqualTo(RolloutAction.REJECT);
    assertThat(last.getExamplesSeen()).isEqualTo(TRIGGER);
    assertThat(last.getReason()).contains("too few");
    assertThat(
            registry
                .get("headwater.trainer.examples.skipped")
                .tag("reason", "other-prefix")
                .counter()
                .count())
        .isEqualTo(TRIGGER);
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
            training: { trigger: %d, window: 200, balanced: 50, holdout: 20 }
            """
                .formatted(name, TRIGGER));
    try (Admin admin = Admin.create(client)) {
      new TopicAdmin(admin)
          .create(TopicCatalogue.of(pipeline.topics(), 2, 1, pipeline.event().maxBytes()));
    }
    return pipeline;
  }

  private static ModelPackage firstVersion(Pipeline pipeline) {
    if (first == null || !first.manifest().getPipeline().equals(pipeline.name())) {
      List<LabelledEvent> events = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        events.add(event("the minutes of meeting " + i + " are attached", "ham"));
        events.add(event("buy cheap pills now, offer " + i + " ends today", "spam"));
      }
      ModelPackage untrained =
          TransferImport.sentenceEncoder(
              pipeline, "minilm", resource(".onnx"), resource("-tokenizer.json"), 1);
      first = FirstVersion.train(pipeline, untrained, events, (done, of) -> {});
    }
    return first;
  }

  private static LabelledEvent event(String text, String label) {
    return new LabelledEvent(JsonNodeFactory.instance.objectNode().put("text", text), label);
  }

  private static ModelPackage child(ModelPackage parent, float bias) {
    return parent.withHeadWeights(
        Map.of("head.output.bias", new float[] {bias, 0}),
        parent.manifest().getLineage(),
        null,
        List.of());
  }

  private static byte[] resource(String suffix) {
    try (InputStream in =
        Objects.requireNonNull(TrainerIT.class.getResourceAsStream(MINILM + suffix))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void publish(
      Pipeline pipeline, Stage stage, ModelPackage version, RolloutAction action, String by) {
    RolloutDecision decision =
        RolloutDecision.newBuilder()
            .setPipeline(pipeline.name())
            .setVersion(version.version())
            .setAction(action)
            .setOutcome(GateOutcome.PASS)
            .setReason("test")
            .setEvidence(List.of())
            .setExamplesSeen(0)
            .setDecidedAt(Instant.now())
            .setBy(by)
            .build();
    try (StageWriter writer =
        new StageWriter(
            pipeline.topics(), stage, client, TestSigning.BY_PROMOTER, Clock.systemUTC())) {
      writer.publish(version, decision, Map.of(), Instant.now());
    }
  }

  private TrainerApp start(Pipeline pipeline) {
    TrainerApp trainer =
        new TrainerApp(
            pipeline,
            client,
            TrainerOptions.defaults(folder.resolve(pipeline.name())),
            TestSigning.BY_PROMOTER,
            registry,
            Clock.systemUTC());
    trainers.add(trainer);
    trainer.start();
    return trainer;
  }

  private void send(Pipeline pipeline, ModelPackage champion, int count) {
    send(pipeline, Segments.prefixDigest(champion.manifest()), count);
  }

  /** Examples that one sign tells apart, so that any training beats what came before. */
  private void send(Pipeline pipeline, String prefix, int count) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < count; i++) {
        String id = "e" + sent++;
        records.add(
            producer.send(
                new ProducerRecord<>(
                    pipeline.topics().examples(),
                    id.getBytes(UTF_8),
                    EXAMPLES.write(example(id, prefix)))));
      }
    }
  }

  private Example example(String id, String prefix) {
    boolean spam = random.nextBoolean();
    ByteBuffer activation = ByteBuffer.allocate(4 * WIDTH).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < WIDTH; i++) {
      activation.putFloat(
          (float) ((spam == (i % 2 == 0) ? 0.05 : -0.05) + random.nextGaussian() * 0.02));
    }
    Instant time = Instant.parse("2020-01-01T00:00:00Z").plusSeconds(sent);
    return Example.newBuilder()
        .setEventId(id)
        .setEventTime(time)
        .setLabel(spam ? "spam" : "ham")
        .setLabeledAt(time)
        .setScores(List.of())
        .setActivation(new Activation(prefix, activation.flip()))
        .setEvent(new EventPointer("events", 0, 0L))
        .build();
  }

  private static void awaitDecisions(Pipeline pipeline, int count) {
    await().atMost(SOON).until(() -> decisions(pipeline).size() >= count);
  }

  private static List<RolloutDecision> decisions(Pipeline pipeline) {
    return DecisionHistory.read(pipeline.topics(), client).decisions();
  }
}
