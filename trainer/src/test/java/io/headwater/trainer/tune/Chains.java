package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.trainer.gradient.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Imported models of several segments, for tests. */
public final class Chains {
  private Chains() {}

  /**
   * A pipeline whose events hold a vector {@code x}; {@code more} are further lines of its file.
   */
  public static Pipeline vectors(String more) {
    return PipelineFile.parse(
        "p.yaml",
        """
        pipeline: p
        model: { pretrained: m }
        labels: [no, yes]
        features:
          x: { type: vector, field: x }
        """
            + more);
  }

  /** A pipeline whose events hold a {@code text}. */
  public static Pipeline texts(String more) {
    return PipelineFile.parse(
        "p.yaml",
        """
        pipeline: p
        model: { pretrained: m }
        labels: [no, yes]
        features:
          text: { type: text, fields: [text], maxTokens: 64 }
        """
            + more);
  }

  /** Dense layers of the given widths, rectified but for the last, with random weights. */
  public static byte[] mlp(long seed, int... widths) {
    Random random = new Random(seed);
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("mlp")
            .addInput(Tensors.value("x", Tensors.FLOAT, -1, widths[0]));
    String value = "x";
    for (int i = 1; i < widths.length; i++) {
      float[] weight = new float[widths[i - 1] * widths[i]];
      for (int j = 0; j < weight.length; j++) {
        weight[j] = (float) (random.nextGaussian() * Math.sqrt(2.0 / widths[i - 1]));
      }
      graph.addInitializer(Tensors.of("w" + i, weight, widths[i - 1], widths[i]));
      graph.addInitializer(Tensors.of("b" + i, new float[widths[i]], widths[i]));
      graph.addNode(node("MatMul", "m" + i, value, "w" + i));
      graph.addNode(node("Add", "h" + i, "m" + i, "b" + i));
      value = "h" + i;
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

  /**
   * Two convolutions of a one-channel 8x8 picture {@code x}, each normalised and rectified, and the
   * mean of each of four channels.
   */
  public static byte[] cnn(long seed) {
    Random random = new Random(seed);
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("cnn")
            .addInput(Tensors.value("x", Tensors.FLOAT, -1, 1, 8, 8));
    String value = "x";
    int channels = 1;
    for (int i = 1; i <= 2; i++) {
      float[] kernel = new float[4 * channels * 9];
      for (int j = 0; j < kernel.length; j++) {
        kernel[j] = (float) (random.nextGaussian() / Math.sqrt(9 * channels));
      }
      graph.addInitializer(Tensors.of("k" + i, kernel, 4, channels, 3, 3));
      graph.addInitializer(Tensors.of("scale" + i, new float[] {1, 1, 1, 1}, 4));
      graph.addInitializer(Tensors.of("shift" + i, new float[] {.1f, .1f, .1f, .1f}, 4));
      graph.addInitializer(Tensors.of("mean" + i, new float[] {0, .1f, -.1f, .2f}, 4));
      graph.addInitializer(Tensors.of("variance" + i, new float[] {1, .9f, 1.1f, 1}, 4));
      graph.addNode(node("Conv", "c" + i, value, "k" + i));
      graph.addNode(
          node(
              "BatchNormalization",
              "n" + i,
              "c" + i,
              "scale" + i,
              "shift" + i,
              "mean" + i,
              "variance" + i));
      graph.addNode(node("Relu", "r" + i, "n" + i));
      value = "r" + i;
      channels = 4;
    }
    graph.addNode(node("GlobalAveragePool", "pooled", value));
    graph.addNode(node("Flatten", "flat", "pooled"));
    graph.addOutput(Tensors.value("flat", Tensors.FLOAT, -1, 4));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  /** A model with its own last layer as the head. */
  public static ModelPackage asIs(Pipeline pipeline, byte[] onnx) {
    return imported(pipeline, onnx, null, null, null, 1);
  }

  /** all-MiniLM-L6-v2 cut at every block, under a new linear head. */
  public static ModelPackage miniLm(Pipeline pipeline, boolean quantised, int trainable) {
    byte[] tokenizer = resource("/all-minilm-l6-v2-tokenizer.json");
    byte[] onnx = resource(quantised ? "/all-minilm-l6-v2-q.onnx" : "/all-minilm-l6-v2.onnx");
    return imported(
        pipeline,
        onnx,
        tokenizer,
        new ImportRequest.NewHead(0, HeadInput.STANDARDISED),
        null,
        trainable);
  }

  /** Any model. */
  public static ModelPackage imported(
      Pipeline pipeline,
      byte[] onnx,
      byte @Nullable [] tokenizer,
      ImportRequest.@Nullable NewHead head,
      byte @Nullable [] sourceSample,
      int trainable) {
    FeatureBinder binder =
        inputs ->
            new FeatureBinder.Bound(
                FeatureBinding.bind(pipeline, inputs, tokenizer, Statistics.none()),
                tokenizer == null ? List.of() : List.of(tokenizer));
    ImportRequest request =
        new ImportRequest(
            pipeline.name(),
            "toy",
            pipeline.labels(),
            List.of(),
            List.of(),
            null,
            head,
            trainable,
            1,
            sourceSample == null ? null : ByteBuffer.wrap(sourceSample));
    return ModelImport.of(onnx, request, binder, new OrtRunner()).version();
  }

  /** An event of a vector. */
  public static ObjectNode event(double... values) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    ArrayNode vector = event.putArray("x");
    for (double value : values) {
      vector.add(value);
    }
    return event;
  }

  private static byte[] resource(String name) {
    try (InputStream in = Objects.requireNonNull(Chains.class.getResourceAsStream(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NodeProto node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }
}
