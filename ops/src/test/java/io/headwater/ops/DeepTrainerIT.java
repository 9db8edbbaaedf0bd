package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import io.headwater.model.log.ModelLog;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.ops.models.PlainImport;
import io.headwater.ops.registry.ByHand;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Evidence;
import io.headwater.schemas.Example;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.trainer.TrainerApp;
import io.headwater.trainer.TrainerOptions;
import io.headwater.trainer.gradient.Tensors;
import io.headwater.trainer.log.DecisionHistory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trainer that looks events up on their topic and trains more than the head. */
class DeepTrainerIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final int TRIGGER = 300;
  private static final RecordSerde<Example> EXAMPLES = RecordSerde.json(Example.class);

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Random random = new Random(5);

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void examplesWithoutActivations_trainAllSegmentsThenTheNextRoundGoesOnFromThem()
      throws Exception {
    Pipeline pipeline = pipeline("deep", "[no, yes]", "all");
    ModelPackage first = mlp(pipeline);
    publish(pipeline, first);
    send(pipeline, TRIGGER);
    try (TrainerApp trainer = start(pipeline)) {
      awaitDecisions(pipeline, 3);
      Manifest deep = production(pipeline);
      assertThat(deep.getLineage().getFreeze()).isEqualTo("all");
      assertThat(deep.getLineage().getParent()).isEqualTo(first.version());
      assertThat(deep.getLineage().getExampleCount()).isEqualTo(TRIGGER);
      assertThat(Segments.prefixDigest(deep)).isNotEqualTo(Segments.prefixDigest(first.manifest()));
      RolloutDecision published = decisions(pipeline).get(1);
      assertThat(published.getReason()).contains("trained all").contains("all is kept");
      assertThat(number(published, "freeze.segments")).isEqualTo(3);
      assertThat(number(published, "candidate.accuracy"))
          .isGreaterThan(number(published, "champion.accuracy") + 0.2);
      // Its prefix is another: the older examples' events are run through it.
      send(pipeline, TRIGGER);
      awaitDecisions(pipeline, 4);
      assertThat(decisions(pipeline).get(3).getReason()).contains("held-out");
      assertThat(trainer.status().examplesSeen()).isEqualTo(2 * TRIGGER);
    }
  }

  @Test
  void labelAddedToThePipeline_widensTheHead() throws Exception {
    publish(pipeline("wide", "[no, yes]", "head"), mlp(pipeline("wide", "[no, yes]", "head")));
    Pipeline wide = pipeline("wide", "[no, yes, odd]", "head");
    send(wide, TRIGGER);
    try (TrainerApp trainer = start(wide)) {
      awaitDecisions(wide, 3);
      Manifest manifest = production(wide);
      assertThat(manifest.getLabels()).containsExactly("no", "yes", "odd");
      assertThat(manifest.getLineage().getFreeze()).isEqualTo("head");
      assertThat(trainer.status().lastDecision().getAction()).isEqualTo(RolloutAction.PROMOTE);
    }
  }

  private static Pipeline pipeline(String name, String labels, String freeze) {
    Pipeline pipeline =
        PipelineFile.parse(
            name + ".yaml",
            """
            pipeline: %s
            event: { id: id, time: time }
            model: { pretrained: m }
            features:
              x: { type: vector, field: x }
            labels: %s
            feedback: { activations: recompute }
            training:
              { trigger: %d, window: 600, balanced: 50, holdout: 60, epochs: 10, freeze: %s,
                learningRate: 0.02, segmentEpochs: 60, segmentRate: 1 }
            rollout: { tolerance: 1 }
            """
                .formatted(name, labels, TRIGGER, freeze));
    try (Admin admin = Admin.create(client)) {
      new TopicAdmin(admin)
          .create(TopicCatalogue.of(pipeline.topics(), 2, 1, pipeline.event().maxBytes()));
    }
    return pipeline;
  }

  /** Three dense layers that know nothing of the task. */
  private static ModelPackage mlp(Pipeline pipeline) {
    int[] widths = {8, 16, 6, 2};
    Random weights = new Random(3);
    GraphProto.Builder graph =
        GraphProto.newBuilder().setName("mlp").addInput(Tensors.value("x", Tensors.FLOAT, -1, 8));
    String value = "x";
    for (int i = 1; i < widths.length; i++) {
      float[] matrix = new float[widths[i - 1] * widths[i]];
      for (int j = 0; j < matrix.length; j++) {
        matrix[j] = (float) (weights.nextGaussian() * Math.sqrt(2.0 / widths[i - 1]));
      }
      graph.addInitializer(Tensors.of("w" + i, matrix, widths[i - 1], widths[i]));
      graph.addNode(node("MatMul", "m" + i, value, "w" + i));
      value = "m" + i;
      if (i < widths.length - 1) {
        graph.addNode(node("Relu", "r" + i, value));
        value = "r" + i;
      }
    }
    graph.addOutput(Tensors.value(value, Tensors.FLOAT, -1, 2));
    byte[] onnx =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build()
            .toByteArray();
    return PlainImport.of(pipeline, "mlp", onnx, 1);
  }

  private static NodeProto node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  /** Events, and an example of each: whether its first two numbers have one sign. */
  private void send(Pipeline pipeline, int count) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < count; i++) {
        double[] x = random.doubles(8, -1, 1).toArray();
        String id = "e" + random.nextLong();
        String event = "{\"id\":\"" + id + "\",\"x\":" + Arrays.toString(x) + "}";
        RecordMetadata at =
            producer
                .send(
                    new ProducerRecord<>(
                        pipeline.topics().events(), id.getBytes(UTF_8), event.getBytes(UTF_8)))
                .get();
        Instant time = Instant.parse("2020-01-01T00:00:00Z").plusSeconds(i);
        Example example =
            Example.newBuilder()
                .setEventId(id)
                .setEventTime(time)
                .setLabel(x[0] * x[1] > 0 ? "yes" : "no")
                .setLabeledAt(time)
                .setScores(List.of())
                .setActivation(null)
                .setEvent(new EventPointer(at.topic(), at.partition(), at.offset()))
                .build();
        producer
            .send(
                new ProducerRecord<>(
                    pipeline.topics().examples(), id.getBytes(UTF_8), EXAMPLES.write(example)))
            .get();
      }
    }
  }

  private static void publish(Pipeline pipeline, ModelPackage version) {
    new ByHand(pipeline, client, TestSigning.BY_PROMOTER, Clock.systemUTC())
        .publish(version, Stage.PRODUCTION, "test", false);
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
    trainer.start();
    return trainer;
  }

  private static Manifest production(Pipeline pipeline) {
    try (ModelLog log =
        new ModelLog(pipeline.topics(), client, folder.resolve("read"), TestSigning.TRUST)) {
      return log.latest(Stage.PRODUCTION).orElseThrow().model().manifest();
    }
  }

  private static double number(RolloutDecision decision, String name) {
    return decision.getEvidence().stream()
        .filter(evidence -> evidence.getName().equals(name))
        .mapToDouble(Evidence::getValue)
        .findFirst()
        .orElseThrow();
  }

  private static void awaitDecisions(Pipeline pipeline, int count) {
    await().atMost(SOON).until(() -> decisions(pipeline).size() >= count);
  }

  private static List<RolloutDecision> decisions(Pipeline pipeline) {
    return DecisionHistory.read(pipeline.topics(), client).decisions();
  }
}
