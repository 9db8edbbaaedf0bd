package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The linear layer that makes a value: a Gemm, or a MatMul and what is added to it.
 *
 * @param matrices its matrices of weights
 * @param biases what is added, maybe nothing
 */
record LinearEnd(List<String> matrices, List<String> biases) {
  /**
   * Empty where no such layer of its own, with weights that nothing else reads, makes the value.
   */
  static Optional<LinearEnd> of(GraphProto graph, String value) {
    LinearEnd end = new LinearEnd(new ArrayList<>(), new ArrayList<>());
    return end.found(graph, value) ? Optional.of(end) : Optional.empty();
  }

  private boolean found(GraphProto graph, String value) {
    Optional<NodeProto> maker =
        graph.getNodeList().stream()
            .filter(node -> node.getOutputList().contains(value))
            .findFirst();
    if (maker.isEmpty()) {
      return false;
    }
    NodeProto node = maker.get();
    return switch (node.getOpType()) {
      case "Add" -> {
        int bias = isOwn(graph, node.getInput(1)) ? 1 : 0;
        yield take(graph, node.getInput(bias), biases) && found(graph, node.getInput(1 - bias));
      }
      case "Gemm" ->
          isPlain(node)
              && take(graph, node.getInput(1), matrices)
              && (node.getInputCount() < 3 || take(graph, node.getInput(2), biases));
      case "MatMul" -> take(graph, node.getInput(1), matrices);
      default -> false;
    };
  }

  /** A factor on the bias would have to be taken out of what is added to it. */
  private static boolean isPlain(NodeProto gemm) {
    return gemm.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals("beta"))
        .allMatch(attribute -> attribute.getF() == 1);
  }

  private static boolean take(GraphProto graph, String name, List<String> into) {
    if (isOwn(graph, name)) {
      into.add(name);
      return true;
    }
    return false;
  }

  private static boolean isOwn(GraphProto graph, String name) {
    long readers =
        graph.getNodeList().stream().filter(node -> node.getInputList().contains(name)).count();
    return readers == 1
        && graph.getInitializerList().stream().map(TensorProto::getName).anyMatch(name::equals);
  }
}
