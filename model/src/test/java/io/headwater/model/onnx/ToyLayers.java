package io.headwater.model.onnx;

import static io.headwater.model.onnx.ToyEncoder.node;
import static io.headwater.model.onnx.ToyEncoder.value;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.schemas.Feature;
import io.headwater.schemas.VectorFeature;
import java.util.List;

/** A network of three layers, one segment each, that reads vectors of two numbers. */
public final class ToyLayers {
  private static final float[] FIRST = {1, -1, 2, 1, 3, -2};
  private static final float[] SECOND = {1, 0, 2, -1, 1, 1, 0, 3, -1};
  private static final float[] THIRD = {1, 0, -1, 2, 1, 1};

  private ToyLayers() {}

  /**
   * The network as a version.
   *
   * @param trainable how many trailing layers are; their weights are {@code w1}, {@code w2} and
   *     {@code w3} of 6, 9 and 6 values
   * @param field where events hold their vector
   */
  public static ModelPackage packaged(int trainable, String field) {
    ImportRequest request =
        new ImportRequest(
            "toy",
            "layers",
            List.of("bad", "good"),
            List.of(),
            List.of(),
            null,
            null,
            trainable,
            0,
            null);
    FeatureBinder vector =
        inputs ->
            new FeatureBinder.Bound(
                List.of(new Feature("vector", new VectorFeature("x", field, List.of(2)))),
                List.of());
    return ModelImport.of(bytes(), request, vector, new OrtRunner()).version();
  }

  private static byte[] bytes() {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("layers")
            .addInput(value("x", DataType.FLOAT, "batch", 2))
            .addOutput(value("y", DataType.FLOAT, "batch", 2))
            .addInitializer(Tensors.floats("w1", FIRST, 2, 3))
            .addInitializer(Tensors.floats("w2", SECOND, 3, 3))
            .addInitializer(Tensors.floats("w3", THIRD, 3, 2))
            .addNode(node("MatMul", "h1", "x", "w1"))
            .addNode(node("Relu", "r1", "h1"))
            .addNode(node("MatMul", "h2", "r1", "w2"))
            .addNode(node("Relu", "r2", "h2"))
            .addNode(node("MatMul", "y", "r2", "w3"));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
