package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The operators that can be differentiated, each with its rule. */
final class GradientRules {
  /** Operators that answer with integers or truths, so that nothing flows back through them. */
  private static final Set<String> STOPS =
      Set.of(
          "And",
          "ArgMax",
          "ArgMin",
          "Ceil",
          "ConstantOfShape",
          "Equal",
          "Floor",
          "Greater",
          "GreaterOrEqual",
          "IsNaN",
          "Less",
          "LessOrEqual",
          "NonZero",
          "Not",
          "Or",
          "Round",
          "Shape",
          "Sign",
          "Size");

  private static final Map<String, GradientRule> RULES = all();

  private GradientRules() {}

  private static Map<String, GradientRule> all() {
    Map<String, GradientRule> rules = new HashMap<>();
    rules.putAll(Arithmetic.rules());
    rules.putAll(Activations.rules());
    rules.putAll(Selections.rules());
    rules.putAll(MatrixProducts.rules());
    rules.putAll(Reductions.rules());
    rules.putAll(Normalisations.rules());
    rules.putAll(Softmaxes.rules());
    rules.putAll(Reshapes.rules());
    return Map.copyOf(rules);
  }

  static boolean stops(NodeProto node) {
    return standard(node) && STOPS.contains(node.getOpType());
  }

  /**
   * The rule of a node's operator.
   *
   * @throws GradientException where there is none
   */
  static GradientRule of(NodeProto node) {
    GradientRule rule = standard(node) ? RULES.get(node.getOpType()) : null;
    if (rule == null) {
      throw new GradientException(
          "no gradient for %s (node %s): freeze up to there"
              .formatted(
                  standard(node) ? node.getOpType() : node.getDomain() + "." + node.getOpType(),
                  name(node)));
    }
    return rule;
  }

  static boolean has(NodeProto node) {
    return standard(node) && RULES.containsKey(node.getOpType());
  }

  static Set<String> operators() {
    return RULES.keySet();
  }

  /** The node's own name, or that of its first output. */
  static String name(NodeProto node) {
    return "'" + (node.getName().isEmpty() ? node.getOutput(0) : node.getName()) + "'";
  }

  private static boolean standard(NodeProto node) {
    return node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
  }
}
