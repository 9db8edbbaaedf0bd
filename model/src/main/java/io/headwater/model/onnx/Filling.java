package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Turns each ConstantOfShape whose shape is an initializer into the float weight it stands for. */
final class Filling {
  /** Elements of all of a graph's fills together: 1 GiB of floats. */
  private static final long MAX_ELEMENTS = 1L << 28;

  private Filling() {}

  /**
   * Replaces the nodes in place; those of another type or of an empty shape stay.
   *
   * @throws IllegalArgumentException naming the node where the fills are larger than memory should
   *     hold
   */
  static void fill(GraphProto.Builder graph) {
    Map<String, TensorProto> shapes = new HashMap<>();
    graph.getInitializerList().forEach(tensor -> shapes.put(tensor.getName(), tensor));
    long total = 0;
    for (int i = graph.getNodeCount() - 1; i >= 0; i--) {
      NodeProto node = graph.getNode(i);
      TensorProto shape = node.getInputCount() == 1 ? shapes.get(node.getInput(0)) : null;
      if (!node.getOpType().equals("ConstantOfShape") || shape == null) {
        continue;
      }
      TensorProto value = value(node);
      if (value.getDataType() != DataType.FLOAT_VALUE || !Tensors.hasBytes(shape)) {
        continue;
      }
      long[] dims = Tensors.longValues(shape);
      TensorProto.Builder dimmed = TensorProto.newBuilder().setName(node.getOutput(0));
      Arrays.stream(dims).forEach(dimmed::addDims);
      long count = Tensors.elementCount(dimmed.build());
      total += count;
      if (count > MAX_ELEMENTS || total > MAX_ELEMENTS) {
        throw new IllegalArgumentException(
            "ConstantOfShape '%s' fills %d values; all of a model's may hold %d"
                .formatted(node.getOutput(0), count, MAX_ELEMENTS));
      }
      float[] values = new float[Math.toIntExact(count)];
      Arrays.fill(values, number(value));
      graph.addInitializer(Tensors.floats(node.getOutput(0), values, dims));
      graph.removeNode(i);
    }
  }

  private static TensorProto value(NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals("value")) {
        return attribute.getT();
      }
    }
    return Tensors.floats("", new float[1], 1);
  }

  private static float number(TensorProto value) {
    byte[] bytes = Tensors.bytes(value);
    return bytes.length < Float.BYTES
        ? 0
        : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat();
  }
}
