package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;

/**
 * Appends nodes to a graph in the form that its opset wants.
 *
 * <p>Each method returns the name of the value that it adds.
 */
final class GraphWriter {
  private static final int AXES_ARE_INPUTS = 13;

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
