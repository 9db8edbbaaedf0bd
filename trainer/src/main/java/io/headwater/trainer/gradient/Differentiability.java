package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whether a graph's weights can be trained, judged by its operators alone. */
public final class Differentiability {
  private Differentiability() {}

  /**
   * Why not, or empty where they can.
   *
   * @param model its weights need not be filled in
   */
  public static Optional<String> refusal(ModelProto model) {
    GraphProto graph;
    try {
      graph = CurrentForm.of(model).getGraph();
    } catch (GradientException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    Set<String> moved = new HashSet<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getDataType() == Tensors.FLOAT && Tensors.size(Tensors.dims(tensor)) > 1) {
        moved.add(tensor.getName());
      }
    }
    if (moved.isEmpty()) {
      return Optional.of("no float weights");
    }
    Set<String> known = GradientRules.operators();
    Set<String> missing = new TreeSet<>();
    for (NodeProto node : graph.getNodeList()) {
      if (node.getInputList().stream().noneMatch(moved::contains) || GradientRules.stops(node)) {
        continue;
      }
      moved.addAll(GradientRules.continuous(node));
      if (!GradientRules.standard(node) || !known.contains(node.getOpType())) {
        missing.add(node.getOpType());
      }
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("no gradient for " + String.join(", ", missing));
  }
}
