package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;

/**
 * Appends nodes to a graph in the form that its opset wants.
 *
 * <p>Each method returns the name of the value that it adds.
 */
final class GraphWriter {
  private static final int AXES_ARE_INPUTS = 13;

  /** Small against the variance of one of some hundred values of a vector of length 1. */
  private static final float STANDARDISE_EPSILON = 1e-7f;

  private final GraphProto.Builder graph;
  private final int opset;

  GraphWriter(GraphProto.Builder graph, int opset) {
    this.graph = graph;
    this.opset = opset;
  }

  String constant(TensorProto tensor) {
    graph.addInitializer(tensor);
    return tensor.getName();
  }

  String scalar(String name, float value) {
    return constant(Tensors.floats(name, new float[] {value}));
  }

  String op(String type, String output, String... inputs) {
    graph.addNode(node(type, output, inputs));
    return output;
  }

  String cast(String output, String input, TensorProto.DataType to) {
    graph.addNode(node("Cast", output, input).addAttribute(integer("to", to.getNumber())));
    return output;
  }

  String flatten(String output, String input) {
    graph.addNode(node("Flatten", output, input).addAttribute(integer("axis", 1)));
    return output;
  }

  String transpose(String output, String input, long... order) {
    AttributeProto.Builder perm =
        AttributeProto.newBuilder().setName("perm").setType(AttributeType.INTS);
    Arrays.stream(order).forEach(perm::addInts);
    graph.addNode(node("Transpose", output, input).addAttribute(perm));
    return output;
  }

  String unsqueeze(String output, String input, long axis) {
    graph.addNode(withAxis(node("Unsqueeze", output, input), output, axis));
    return output;
  }

  String sum(String output, String input, long axis, boolean keepDims) {
    graph.addNode(
        withAxis(node("ReduceSum", output, input), output, axis)
            .addAttribute(integer("keepdims", keepDims ? 1 : 0)));
    return output;
  }

  /** {@code input} [batch, in] times {@code weight} [out, in], transposed, plus {@code bias}. */
  String dense(String output, String input, String weight, String bias) {
    graph.addNode(node("Gemm", output, input, weight, bias).addAttribute(integer("transB", 1)));
    return output;
  }

  /**
   * {@code input} [batch, width] by batch normalisation with fixed statistics, which start as a
   * mean of 0 and a variance of 1.
   */
  String standardise(String name, String input, int width) {
    String scale = constant(Tensors.floats(name + ".scale", filled(width, 1), width));
    String shift = constant(Tensors.floats(name + ".shift", filled(width, 0), width));
    String mean = constant(Tensors.floats(name + ".mean", filled(width, 0), width));
    String variance = constant(Tensors.floats(name + ".variance", filled(width, 1), width));
    String output = name + ".standard";
    graph.addNode(
        node("BatchNormalization", output, input, scale, shift, mean, variance)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("epsilon")
                    .setType(AttributeType.FLOAT)
                    .setF(STANDARDISE_EPSILON)));
    return output;
  }

  private static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }

  private NodeProto.Builder withAxis(NodeProto.Builder node, String output, long axis) {
    if (opset >= AXES_ARE_INPUTS) {
      return node.addInput(constant(Tensors.longs(output + "/axes", axis)));
    }
    return node.addAttribute(
        AttributeProto.newBuilder().setName("axes").setType(AttributeType.INTS).addInts(axis));
  }

  private static NodeProto.Builder node(String type, String output, String... inputs) {
    NodeProto.Builder node =
        NodeProto.newBuilder().setOpType(type).setName(output).addOutput(output);
    for (String input : inputs) {
      node.addInput(input);
    }
    return node;
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }
}
