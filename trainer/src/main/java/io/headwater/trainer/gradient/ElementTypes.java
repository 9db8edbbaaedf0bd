package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The element type of each value of a graph, in ONNX's codes, as its operators imply. */
final class ElementTypes {
  private static final Set<String> TRUTHS =
      Set.of(
          "And",
          "Equal",
          "Greater",
          "GreaterOrEqual",
          "IsInf",
          "IsNaN",
          "Less",
          "LessOrEqual",
          "Not",
          "Or",
          "Xor");

  private static final Set<String> POSITIONS =
      Set.of("ArgMax", "ArgMin", "NonZero", "Shape", "Size");

  private ElementTypes() {}

  static Map<String, Integer> of(GraphProto graph) {
    Map<String, Integer> types = new HashMap<>();
    graph
        .getInputList()
        .forEach(in -> types.put(in.getName(), in.getType().getTensorType().getElemType()));
    graph.getInitializerList().forEach(tensor -> types.put(tensor.getName(), tensor.getDataType()));
    for (NodeProto node : graph.getNodeList()) {
      for (int i = 0; i < node.getOutputCount(); i++) {
        types.put(node.getOutput(i), output(node, i, types));
      }
    }
    return types;
  }

  private static int output(NodeProto node, int output, Map<String, Integer> types) {
    String operator = node.getOpType();
    if (TRUTHS.contains(operator)) {
      return Tensors.BOOL;
    }
    boolean index = output == 1 && (operator.equals("MaxPool") || operator.equals("TopK"));
    if (POSITIONS.contains(operator) || index) {
      return Tensors.INT64;
    }
    return switch (operator) {
      case "Cast" -> (int) Attributes.integer(node, "to", Tensors.FLOAT);
      case "ConstantOfShape" ->
          Attributes.find(node, "value").map(a -> a.getT().getDataType()).orElse(Tensors.FLOAT);
      case "Where", "CastLike" -> like(node, 1, types);
      case "OneHot" -> like(node, 2, types);
      default -> like(node, 0, types);
    };
  }

  private static int like(NodeProto node, int input, Map<String, Integer> types) {
    return node.getInputCount() > input
        ? types.getOrDefault(node.getInput(input), Tensors.FLOAT)
        : Tensors.FLOAT;
  }
}
