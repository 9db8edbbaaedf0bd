package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.headwater.trainer.gradient.Tensors;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A head with classes added behind those that it knew, whose weights stay as they were.
 *
 * <p>A new class starts with the mean of the old ones' weights: its logit is the mean of theirs and
 * never the largest, so that the head decides as before until it has learned the class.
 */
final class WiderHead {
  private final GraphProto.Builder graph;
  private final Map<String, TensorProto> initializers = new HashMap<>();
  private final Map<String, TensorProto> widened = new HashMap<>();
  private final int classes;

  private WiderHead(GraphProto graph, int classes) {
    this.graph = graph.toBuilder();
    this.classes = classes;
    graph.getInitializerList().forEach(tensor -> initializers.put(tensor.getName(), tensor));
  }

  /**
   * Widens a head.
   *
   * @param classes how many there are to be, at least as many as the head has
   * @throws IllegalArgumentException where it has one output, or its logits are not made by a Gemm
   *     or MatMul with a matrix of weights, and maybe an added bias
   */
  static HeadGraph of(HeadGraph head, int classes) {
    if (head.answersForSecond()) {
      throw new IllegalArgumentException(
          "its one output '%s' has room for two classes: attach a new head"
              .formatted(head.outputName()));
    }
    WiderHead wider = new WiderHead(head.model().getGraph(), classes);
    wider.widenWhatMakes(head.logits());
    return new HeadGraph(
        head.model().toBuilder().setGraph(wider.assembled(head)).build(),
        head.output(),
        head.tied(),
        head.backbone());
  }

  private void widenWhatMakes(String logits) {
    NodeProto node =
        graph.getNodeList().stream()
            .filter(maker -> maker.getOutputList().contains(logits))
            .findFirst()
            .orElseThrow(() -> unknown(logits));
    switch (node.getOpType()) {
      case "Add" -> {
        int bias = initializers.containsKey(node.getInput(1)) ? 1 : 0;
        widen(node.getInput(bias), 0, logits);
        widenWhatMakes(node.getInput(1 - bias));
      }
      case "Gemm" -> {
        boolean rows =
            node.getAttributeList().stream()
                .anyMatch(a -> a.getName().equals("transB") && a.getI() != 0);
        widen(node.getInput(1), rows ? 0 : 1, logits);
        if (node.getInputCount() > 2) {
          widen(node.getInput(2), 0, logits);
        }
      }
      case "MatMul" -> widen(node.getInput(1), 1, logits);
      default -> throw unknown(logits);
    }
  }

  private void widen(String name, int axis, String logits) {
    TensorProto old = initializers.get(name);
    long readers =
        graph.getNodeList().stream().filter(node -> node.getInputList().contains(name)).count();
    if (old == null || readers != 1 || old.getDimsCount() <= axis || old.getDimsCount() > 2) {
      throw unknown(logits);
    }
    long[] dims = Tensors.dims(old);
    int known = (int) dims[axis];
    if (classes < known) {
      throw new IllegalArgumentException(
          "the head knows %d classes: it can't have %d".formatted(known, classes));
    }
    float[] values = Tensors.floats(old);
    // [outer, classes, inner], of which one side is 1.
    int outer = axis == 0 ? 1 : (int) dims[0];
    int inner = values.length / known / outer;
    float[] wide = new float[outer * classes * inner];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        double sum = 0;
        for (int c = 0; c < known; c++) {
          float value = values[(o * known + c) * inner + i];
          sum += value;
          wide[(o * classes + c) * inner + i] = value;
        }
        for (int c = known; c < classes; c++) {
          wide[(o * classes + c) * inner + i] = (float) (sum / known);
        }
      }
    }
    dims[axis] = classes;
    widened.put(name, Tensors.of(name, wide, dims));
  }

  private GraphProto assembled(HeadGraph head) {
    Set<String> sized = new HashSet<>(List.of(head.outputName(), head.logits()));
    graph.clearInitializer().clearOutput().clearValueInfo();
    head.model()
        .getGraph()
        .getInitializerList()
        .forEach(
            tensor ->
                graph.addInitializer(
                    Optional.ofNullable(widened.get(tensor.getName())).orElse(tensor)));
    for (ValueInfoProto output : head.model().getGraph().getOutputList()) {
      graph.addOutput(
          sized.contains(output.getName())
              ? Tensors.value(output.getName(), Tensors.FLOAT, -1, classes)
              : output);
    }
    return graph.build();
  }

  private static IllegalArgumentException unknown(String logits) {
    return new IllegalArgumentException(
        "the head's logits '%s' are not made by a matrix of weights alone: attach a new head"
            .formatted(logits));
  }
}
