package io.headwater.ops.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.ModelLog;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.PackageDirectory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.sign.KeyFolder;
import io.headwater.model.sign.Signing;
import io.headwater.ops.VectorStream;
import io.headwater.ops.bench.LocalRegistry;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.ops.registry.ByHand;
import io.headwater.ops.sign.OwnKey;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Stage;
import io.headwater.schemas.Weight;
import io.headwater.trainer.TrainerApp;
import io.headwater.trainer.TrainerOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions are trained again by command, and come out the same. */
class ReproduceIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final int TRIGGER = 120;

  @TempDir private Path home;
  private EmbeddedBroker broker;
  private Map<String, Object> client;
  private Signing signing;
  private VectorStream stream;
  private Path file;
  private String wire = "";

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start(home.resolve("broker"), 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
    signing = OwnKey.ofDefault(new KeyFolder(home.resolve("keys"))).signing(line -> {});
    stream = new VectorStream(client);
    file = home.resolve("loans.yaml");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void trainedVersions_deepThenWidened_comeOutTheSame() throws Exception {
    List<String> old = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      old.add(stream.line());
    }
    Files.write(home.resolve("old.jsonl"), old);
    Pipeline pipeline =
        pipeline(
            "[no, yes]",
            "freeze: all, segmentEpochs: 20, segmentRate: 1, patience: 3, calibration:"
                + " temperature, pull: 0.1, rehearsal: old.jsonl, classWeights: { yes: 1.5 }");
    put(VectorStream.model(pipeline, 8, 16, 6, 2), Stage.PRODUCTION);
    ModelPackage deep = trained(pipeline);
    assertThat(deep.manifest().getLineage().getFreeze()).isEqualTo("all");
    assertThat(deep.manifest().getLineage().getExampleCount()).isEqualTo(TRIGGER);
    assertThat(run("model", "reproduce", "production").succeed())
        .contains("the same, bit for bit: version " + deep.version())
        .contains("freeze: decided again");

    Pipeline wide = pipeline("[no, yes, odd]", "freeze: head");
    ModelPackage widened = trained(wide);
    assertThat(widened.manifest().getLabels()).hasSize(3);
    // What the pipeline says of training now does not count.
    Pipeline changed = pipeline("[no, yes, odd]", "freeze: all, epochs: 3, seed: 9");
    assertThat(run("model", "reproduce", "production").succeed())
        .contains("the same, bit for bit: version " + widened.version());

    put(altered(widened), Stage.CANDIDATE);
    assertThat(run("model", "reproduce", "candidate").fail()).contains("DIFFERS", "0.25");

    TopicPartition first = new TopicPartition(changed.topics().examples(), 0);
    try (Admin admin = Admin.create(client)) {
      admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(-1))).all().get();
    }
    assertThat(run("model", "reproduce", "production").fail())
        .contains("the example at partition 0, offset ")
        .contains("is gone by retention");
  }

  @Test
  void headAtAnEarlierTap_ofAvroEvents_comesOutTheSame() throws Exception {
    try (LocalRegistry registry = new LocalRegistry()) {
      wire = "format: avro\nregistry: " + registry.address() + "\n";
      Pipeline pipeline = pipeline("[no, yes]", "freeze: 'tap:1'");
      put(VectorStream.model(pipeline, 8, 32, 2, 2), Stage.PRODUCTION);
      ModelPackage tapped = trained(pipeline);
      assertThat(tapped.manifest().getLineage().getFreeze())
          .as(tapped.manifest().getLineage().getFreezeReason())
          .isEqualTo("tap:1");
      assertThat(run("model", "reproduce", "production").succeed())
          .contains("the same, bit for bit: version " + tapped.version());
    }
  }

  @Test
  void firstVersion_ofAFile_asksForItAndComesOutTheSame() throws Exception {
    Pipeline pipeline = pipeline("[no, yes]", "freeze: head");
    Path imported = home.resolve("imported");
    PackageDirectory.write(imported, VectorStream.model(pipeline, 8, 16, 2));
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      lines.add(stream.line());
    }
    Path data = Files.write(home.resolve("labelled.jsonl"), lines);
    Path other = Files.write(home.resolve("other.jsonl"), lines.subList(0, 150));
    run("train", "--data", data.toString(), "--package", imported.toString()).succeed();
    assertThat(run("model", "reproduce", "production").fail())
        .contains("give that file with --data FILE");
    assertThat(run("model", "reproduce", "production", "--data", other.toString()).fail())
        .contains("SHA-256");
    assertThat(
            run(
                    "model",
                    "reproduce",
                    "production",
                    "--data",
                    data.toString(),
                    "--package",
                    imported.toString())
                .succeed())
        .contains("the same, bit for bit");
  }

  private ModelPackage altered(ModelPackage version) {
    Segment head =
        version.manifest().getSegments().get(version.manifest().getSegments().size() - 1);
    Weight weight = head.getWeights().get(0);
    byte[] bytes = version.blobs().get(weight.getDigest());
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.length / 4];
    buffer.asFloatBuffer().get(values);
    values[0] += 0.25f;
    Lineage lineage = version.manifest().getLineage();
    return version.withWeights(
        String.valueOf(lineage.getParent()),
        Map.of(weight.getName(), values),
        1,
        lineage,
        version.blobs().get(String.valueOf(lineage.getExamples())),
        version.manifest().getMetrics());
  }

  private Pipeline pipeline(String labels, String training) throws Exception {
    Files.writeString(
        file,
        """
        pipeline: loans
        event: { id: id, time: time }
        features:
          x: { type: vector, field: x }
        labels: %s
        feedback: { activations: recompute }
        training:
          { trigger: %d, window: 300, balanced: 50, holdout: 30, learningRate: 0.02, %s }
        rollout: { tolerance: 1 }
        %s"""
            .formatted(labels, TRIGGER, training, wire));
    Pipeline pipeline = PipelineFile.read(file);
    stream.topics(pipeline);
    return pipeline;
  }

  private void put(ModelPackage version, Stage stage) {
    new ByHand(PipelineFile.read(file), client, signing, Clock.systemUTC())
        .publish(version, stage, "test", false);
  }

  /** Lets a trainer train once, and gives what it puts into production. */
  private ModelPackage trained(Pipeline pipeline) {
    String before = production(pipeline).version();
    try (TrainerApp trainer =
        new TrainerApp(
            pipeline,
            client,
            TrainerOptions.defaults(home.resolve("trainer")),
            signing,
            new SimpleMeterRegistry(),
            Clock.systemUTC())) {
      trainer.start();
      stream.send(pipeline, TRIGGER, "desk", true, null);
      await().atMost(SOON).until(() -> !production(pipeline).version().equals(before));
    }
    return production(pipeline);
  }

  private ModelPackage production(Pipeline pipeline) {
    try (ModelLog log =
        new ModelLog(pipeline.topics(), client, home.resolve("read"), signing.trust())) {
      ModelPackage version = log.latest(Stage.PRODUCTION).orElseThrow().model();
      version.manifest().getBlobs().forEach(blob -> version.blobs().get(blob.getDigest()));
      return version;
    }
  }

  private Spawned run(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "--keys",
            home.resolve("keys").toString(),
            "--pipeline",
            file.toString(),
            "-b",
            broker.bootstrapServers()));
    return Spawned.headwater(home, all.toArray(String[]::new));
  }
}
