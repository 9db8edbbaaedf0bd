package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import java.util.List;
import java.util.Random;

/** Makes small networks with random weights, to measure with. */
public final class MlpGraphs {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 13;

  private MlpGraphs() {}

  /**
   * An ONNX model from {@code x} [batch, first width] to {@code y} [batch, last width]: dense
   * layers with a ReLU between two and a sigmoid at the end.
   *
   * @param widths of the input and of each layer
   */
  public static byte[] sigmoid(List<Integer> widths, long seed) {
    int last = widths.size() - 1;
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("mlp")
            .addInput(Specs.rows("x", widths.get(0)))
            .addOutput(Specs.rows("y", widths.get(last)));
    GraphWriter writer = new GraphWriter(graph, OPSET);
    Random random = new Random(seed);
    String value = "x";
    for (int i = 1; i <= last; i++) {
      int in = widths.get(i - 1);
      int out = widths.get(i);
      float[] weights = new float[in * out];
      for (int j = 0; j < weights.length; j++) {
        weights[j] = (float) (random.nextGaussian() * Math.sqrt(2.0 / in));
      }
      String weight = writer.constant(Tensors.floats("w" + i, weights, out, in));
      String bias = writer.constant(Tensors.floats("b" + i, new float[out], out));
      value = writer.dense("h" + i, value, weight, bias);
      value = writer.op(i < last ? "Relu" : "Sigmoid", i < last ? "r" + i : "y", value);
    }
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("headwater")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
