package io.headwater.ops;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.runtime.GoldenCases;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.ops.models.PlainImport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A perceptron over four numbers, as trained versions with goldens: one block and a head. */
final class TinyMlp {
  static final String TAP = "hidden";
  static final String ANSWER = "logits";
  static final int LABELS = 2;
  static final int WIDTH = 8;

  private static final String BIAS = "bias";
  private static final int INPUTS = 4;
  private static final ObjectMapper JSON = new ObjectMapper();

  private TinyMlp() {}

  /** A pipeline whose events are {@code {"id", "a", "b", "c", "d"}}. */
  static Pipeline pipeline(String name) {
    return PipelineFile.parse(
        name + ".yaml",
        """
        pipeline: %s
        partitions: 2
        model: { pretrained: mlp }
        features:
          numbers: { type: numeric, fields: [a, b, c, d] }
        labels: [ham, spam]
        """
            .formatted(name));
  }

  static ObjectNode event(String id, int seed) {
    Random random = new Random(seed);
    ObjectNode event = JSON.createObjectNode().put("id", id);
    for (String field : List.of("a", "b", "c", "d")) {
      event.put(field, random.nextGaussian());
    }
    return event;
  }

  /** A version whose head reads {@code width} values of its block. */
  static ModelPackage version(Pipeline pipeline, int width) {
    ModelPackage version = PlainImport.of(pipeline, "mlp", onnx(width), 1);
    try (LoadedModel model = LoadedModel.load(version)) {
      List<Features> samples = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        samples.add(model.featurise(event("sample", i)));
      }
      return GoldenCases.seal(version, GoldenCases.of(model, samples));
    } catch (FeatureException e) {
      throw new AssertionError(e);
    }
  }

  /** The same with another bias of its head, and without goldens. */
  static ModelPackage withBias(ModelPackage parent, float bias) {
    return parent.withHeadWeights(
        Map.of(BIAS, new float[] {bias, 0}), parent.manifest().getLineage(), null, List.of());
  }

  static NodeProto.Builder node(String type, String output, String... inputs) {
    return NodeProto.newBuilder().setOpType(type).addAllInput(List.of(inputs)).addOutput(output);
  }

  /** A value [batch, width]. */
  static ValueInfoProto.Builder rows(String name, int width) {
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(DataType.FLOAT.getNumber());
    type.getShapeBuilder().addDimBuilder().setDimParam("batch");
    type.getShapeBuilder().addDimBuilder().setDimValue(width);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type));
  }

  static byte[] model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static byte[] onnx(int width) {
    return model(
        GraphProto.newBuilder()
            .setName("mlp")
            .addInput(rows("x", INPUTS))
            .addInitializer(random("first", INPUTS, width))
            .addInitializer(random("second", width, LABELS))
            .addInitializer(random(BIAS, LABELS))
            .addNode(node("MatMul", "product", "x", "first"))
            .addNode(node("Relu", TAP, "product"))
            .addNode(node("MatMul", "sum", TAP, "second"))
            .addNode(node("Add", ANSWER, "sum", BIAS))
            .addOutput(rows(ANSWER, LABELS)));
  }

  private static TensorProto.Builder random(String name, int... dims) {
    Random random = new Random(name.hashCode());
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(DataType.FLOAT.getNumber());
    int size = 1;
    for (int dim : dims) {
      tensor.addDims(dim);
      size *= dim;
    }
    for (int i = 0; i < size; i++) {
      tensor.addFloatData((float) random.nextGaussian() / 2);
    }
    return tensor;
  }
}
