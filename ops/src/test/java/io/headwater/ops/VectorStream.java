package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.Prefix;
import io.headwater.ops.models.PlainImport;
import io.headwater.schemas.Activation;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.trainer.gradient.Tensors;
import io.headwater.trainer.log.DecisionHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Events of eight numbers, labelled by whether the first two add up to more than nothing. */
public final class VectorStream {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final int WIDTH = 8;

  private final Map<String, Object> client;
  private final Random random = new Random(5);
  private int sent;

  public VectorStream(Map<String, Object> client) {
    this.client = client;
  }

  /** Makes the topics that a pipeline lacks. */
  public void topics(Pipeline pipeline) {
    try (Admin admin = Admin.create(client)) {
      new TopicAdmin(admin)
          .create(TopicCatalogue.of(pipeline.topics(), 2, 1, pipeline.event().maxBytes()));
    }
  }

  /** Dense layers that know nothing of the task. */
  public static byte[] layers(int... widths) {
    Random weights = new Random(3);
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("mlp")
            .addInput(Tensors.value("x", Tensors.FLOAT, -1, WIDTH));
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
    graph.addOutput(Tensors.value(value, Tensors.FLOAT, -1, widths[widths.length - 1]));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  /** A version of such layers, the last of them trainable. */
  public static ModelPackage model(Pipeline pipeline, int... widths) {
    return PlainImport.of(pipeline, "mlp", layers(widths), 1);
  }

  private static NodeProto node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  /** A labelled event as files hold it. */
  public String line() {
    double[] x = random.doubles(WIDTH, -1, 1).toArray();
    return "{\"x\":%s,\"label\":\"%s\"}".formatted(Arrays.toString(x), label(x, true));
  }

  private static String label(double[] x, boolean right) {
    return x[0] + x[1] > 0 == right ? "yes" : "no";
  }

  /**
   * Writes events and an example of each.
   *
   * @param right whether the labels are
   * @param logging the version whose activations the examples carry; null for none
   */
  public void send(
      Pipeline pipeline, int count, String source, boolean right, ModelPackage logging) {
    try (KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        Prefix prefix = logging == null ? null : Prefix.open(logging, 1)) {
      VectorWire wire = new VectorWire(pipeline);
      for (int i = 0; i < count; i++) {
        double[] x = random.doubles(WIDTH, -1, 1).toArray();
        String id = "e" + sent++;
        RecordMetadata at = write(producer, pipeline.topics().events(), id, wire.event(id, x));
        Activation activation =
            prefix == null
                ? null
                : new Activation(
                    Segments.prefixDigest(logging.manifest()),
                    bytes(prefix.run(event(x)).values()));
        Instant time = Instant.parse("2020-01-01T00:00:00Z").plusSeconds(sent);
        Example example =
            Example.newBuilder()
                .setEventId(id)
                .setEventTime(time)
                .setLabel(label(x, right))
                .setLabeledAt(time)
                .setSource(source)
                .setScores(List.of())
                .setActivation(activation)
                .setEvent(new EventPointer(at.topic(), at.partition(), at.offset()))
                .build();
        write(producer, pipeline.topics().examples(), id, wire.example(example));
      }
    } catch (IOException | FeatureException e) {
      throw new IllegalStateException("an event that was just written can be read", e);
    }
  }

  private static JsonNode event(double[] x) throws IOException {
    return new ObjectMapper().readTree("{\"x\":" + Arrays.toString(x) + "}");
  }

  private static RecordMetadata write(
      KafkaProducer<byte[], byte[]> producer, String topic, String key, byte[] value) {
    try {
      return producer
          .send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value))
          .get(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the broker takes nothing", e);
    }
  }

  private static ByteBuffer bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.flip();
  }

  /** How often a version is right on events that nobody saw. */
  public static double accuracy(ModelPackage version) {
    Random fresh = new Random(99);
    int right = 0;
    try (LoadedModel model = LoadedModel.load(version)) {
      for (int i = 0; i < 500; i++) {
        double[] x = fresh.doubles(WIDTH, -1, 1).toArray();
        float[] answer = model.score(List.of(model.featurise(event(x)))).get(0).probabilities();
        right += model.decide(answer).equals(label(x, true)) ? 1 : 0;
      }
    } catch (IOException | FeatureException e) {
      throw new IllegalStateException("an event that was just written can be read", e);
    }
    return right / 500.0;
  }

  /** Every decision so far. */
  public List<RolloutDecision> decisions(Pipeline pipeline) {
    return DecisionHistory.read(pipeline.topics(), client).decisions();
  }
}
