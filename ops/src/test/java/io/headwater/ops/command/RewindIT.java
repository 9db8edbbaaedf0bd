package io.headwater.ops.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.ModelLog;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.sign.KeyFolder;
import io.headwater.model.sign.Signing;
import io.headwater.ops.VectorStream;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.ops.registry.ByHand;
import io.headwater.ops.sign.OwnKey;
import io.headwater.schemas.Metric;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.trainer.Reproduced;
import io.headwater.trainer.Reproduction;
import io.headwater.trainer.TrainerApp;
import io.headwater.trainer.TrainerOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A label source poisons the head; learning is sent back, by command, and goes on without it. */
class RewindIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final int TRIGGER = 100;

  @TempDir private Path home;
  private EmbeddedBroker broker;
  private Map<String, Object> client;
  private Signing signing;
  private VectorStream stream;
  private Path file;
  private Pipeline pipeline;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(home.resolve("broker"), 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
    signing = OwnKey.ofDefault(new KeyFolder(home.resolve("keys"))).signing(line -> {});
    stream = new VectorStream(client);
    file =
        Files.writeString(
            home.resolve("loans.yaml"),
            """
            pipeline: loans
            event: { id: id, time: time }
            features:
              x: { type: vector, field: x }
            labels: [no, yes]
            training:
              { trigger: %d, window: 200, balanced: 20, holdout: 40, epochs: 30, freeze: head,
                learningRate: 0.02, guard: guard.jsonl }
            """
                .formatted(TRIGGER));
    List<String> guard = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      guard.add(stream.line());
    }
    Files.write(home.resolve("guard.jsonl"), guard);
    pipeline = PipelineFile.read(file);
    stream.topics(pipeline);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void poisonedSource_rewoundAndExcluded_isUnlearntByTheActiveTrainerAndTheNext() throws Exception {
    ModelPackage layers = VectorStream.model(pipeline, 8, 32, 2);
    new ByHand(pipeline, client, signing, Clock.systemUTC())
        .publish(layers, Stage.PRODUCTION, "test", false);
    ModelPackage clean;
    ModelPackage poisoned;
    try (TrainerApp trainer = trainer()) {
      stream.send(pipeline, TRIGGER, "desk", true, layers);
      clean = awaitPromotion(layers);
      assertThat(VectorStream.accuracy(clean)).isGreaterThan(0.85);

      stream.send(pipeline, 3 * TRIGGER, "bot", false, layers);
      await().atMost(SOON).until(() -> trainer.status().examplesSeen() == 4 * TRIGGER);
      await().atMost(SOON).until(() -> VectorStream.accuracy(production()) < 0.4);
      await().atMost(SOON).until(() -> trainer.status().sinceTraining() == 0);
      poisoned = production();
      assertThat(metric(poisoned, "guard.accuracy")).isLessThan(0.4);

      String said =
          Spawned.headwater(
                  home,
                  "trainer",
                  "rewind",
                  "--to",
                  clean.version().substring(0, 12),
                  "--exclude",
                  "source:bot",
                  "--reason",
                  "a bot labels at random",
                  "--keys",
                  home.resolve("keys").toString(),
                  "--pipeline",
                  file.toString(),
                  "-b",
                  broker.bootstrapServers())
              .succeed();
      assertThat(said)
          .contains("without source bot", "production is still", "rollout rollback --to");
      assertThat(production().version()).isEqualTo(poisoned.version());

      stream.send(pipeline, TRIGGER, "desk", true, layers);
      ModelPackage cured = awaitPromotion(poisoned);
      assertThat(cured.manifest().getLineage().getParent()).isEqualTo(clean.version());
      assertThat(cured.manifest().getLineage().getExampleCount()).isEqualTo(2 * TRIGGER);
      assertThat(VectorStream.accuracy(cured)).isGreaterThan(0.85);
      assertThat(metric(cured, "guard.accuracy")).isGreaterThan(0.8);
      assertThat(metric(cured, "guard.parent.accuracy")).isEqualTo(metric(clean, "guard.accuracy"));
      RolloutDecision published = last(RolloutAction.PUBLISH);
      assertThat(published.getChampion()).isEqualTo(poisoned.version());
      assertThat(published.getReason()).contains("learning was rewound to");
    }
    try (TrainerApp next = trainer()) {
      stream.send(pipeline, TRIGGER, "bot", false, layers);
      await().atMost(SOON).until(() -> next.status().examplesSeen() == 6 * TRIGGER);
      await().atMost(SOON).until(() -> next.status().sinceTraining() == 0);
      await().atMost(SOON).until(() -> next.status().state().name().equals("COLLECTING"));
    }
    ModelPackage after = production();
    assertThat(VectorStream.accuracy(after)).as("the bot is still left out").isGreaterThan(0.85);
    Reproduced again =
        new Reproduction(pipeline, client)
            .of(find(Stage.CANDIDATE), parent(find(Stage.CANDIDATE)), () -> false);
    assertThat(again.sameVersion()).as("logged activations: %s", again).isTrue();
  }

  @Test
  void poisonedSource_guardTolerance_isHeldBack() throws Exception {
    Files.writeString(
        file, Files.readString(file).replace("guard:", "guardTolerance: 0.1, guard:"));
    pipeline = PipelineFile.read(file);
    ModelPackage layers = VectorStream.model(pipeline, 8, 32, 2);
    new ByHand(pipeline, client, signing, Clock.systemUTC())
        .publish(layers, Stage.PRODUCTION, "test", false);
    try (TrainerApp trainer = trainer()) {
      stream.send(pipeline, TRIGGER, "desk", true, layers);
      ModelPackage clean = awaitPromotion(layers);
      stream.send(pipeline, 2 * TRIGGER, "bot", false, layers);
      ModelPackage held = awaitPromotion(clean);
      assertThat(held.manifest().getLineage().getSettings())
          .filteredOn(setting -> setting.getName().equals("guard.part"))
          .singleElement()
          .satisfies(part -> assertThat(Double.parseDouble(part.getValue())).isLessThan(1));
      assertThat(metric(held, "guard.source.accuracy"))
          .isEqualTo(metric(clean, "guard.source.accuracy"));
      assertThat(metric(held, "guard.accuracy"))
          .isGreaterThanOrEqualTo(metric(held, "guard.source.accuracy") - 0.1 - 1e-9);
      assertThat(trainer.status().examplesSeen()).isGreaterThan(TRIGGER);
      Reproduced again = new Reproduction(pipeline, client).of(held, parent(held), () -> false);
      assertThat(again.sameVersion()).as("held back: %s", again).isTrue();
    }
  }

  private static double metric(ModelPackage version, String name) {
    return version.manifest().getMetrics().stream()
        .filter(metric -> metric.getName().equals(name))
        .mapToDouble(Metric::getValue)
        .findFirst()
        .orElseThrow();
  }

  private TrainerApp trainer() {
    TrainerOptions usual = TrainerOptions.defaults(home.resolve("trainer"));
    TrainerApp trainer =
        new TrainerApp(
            pipeline,
            client,
            new TrainerOptions(
                usual.cache(),
                usual.activations(),
                usual.poll(),
                usual.awaitModel(),
                Duration.ofMillis(200),
                usual.maxBacklog()),
            signing,
            new SimpleMeterRegistry(),
            Clock.systemUTC());
    trainer.start();
    return trainer;
  }

  private ModelPackage awaitPromotion(ModelPackage before) {
    await().atMost(SOON).until(() -> !production().version().equals(before.version()));
    return production();
  }

  private ModelPackage production() {
    return find(Stage.PRODUCTION);
  }

  private ModelPackage find(Stage stage) {
    try (ModelLog log =
        new ModelLog(pipeline.topics(), client, home.resolve("read"), signing.trust())) {
      ModelPackage version = log.latest(stage).orElseThrow().model();
      version.manifest().getBlobs().forEach(blob -> version.blobs().get(blob.getDigest()));
      return version;
    }
  }

  private ModelPackage parent(ModelPackage child) {
    List<ModelPackage> named = new ArrayList<>();
    try (ModelLog log =
        new ModelLog(pipeline.topics(), client, home.resolve("read"), signing.trust())) {
      for (Stage stage : Stage.values()) {
        log.history(
            stage,
            record ->
                record.live().stream()
                    .filter(
                        live -> live.version().equals(child.manifest().getLineage().getParent()))
                    .forEach(live -> named.add(live.model())),
            refused -> {});
      }
      named
          .get(0)
          .manifest()
          .getBlobs()
          .forEach(blob -> named.get(0).blobs().get(blob.getDigest()));
      return named.get(0);
    }
  }

  private RolloutDecision last(RolloutAction action) {
    return stream.decisions(pipeline).stream()
        .filter(decision -> decision.getAction() == action)
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }
}
