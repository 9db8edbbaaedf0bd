package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The operators that can be differentiated, each with its rule. */
public final class GradientRules {
  /** Operators that answer with integers or truths, so that nothing flows back through them. */
  private static final Set<String> STOPS =
      Set.of(
          "And",
          "ArgMax",
          "ArgMin",
          "Ceil",
          "ConstantOfShape",
          "Equal",
          "EyeLike",
          "Floor",
          "Greater",
          "GreaterOrEqual",
          "IsInf",
          "IsNaN",
          "Less",
          "LessOrEqual",
          "NonZero",
          "Not",
          "OneHot",
          "Or",
          "Round",
          "Shape",
          "Sign",
          "Size");

  /** Operators whose outputs behind the first are positions or masks. */
  private static final Set<String> ONE_CONTINUOUS_OUTPUT = Set.of("Dropout", "MaxPool", "TopK");

  /** ONNX's codes of the element types that hold real numbers. */
  private static final Set<Long> REAL_TYPES = Set.of(1L, 10L, 11L, 16L);

  private static final Map<String, GradientRule> RULES = all();

  private GradientRules() {}

  private static Map<String, GradientRule> all() {
    Map<String, GradientRule> rules = new HashMap<>();
    rules.putAll(Arithmetic.rules());
    rules.putAll(Functions.rules());
    rules.putAll(Activations.rules());
    rules.putAll(Selections.rules());
    rules.putAll(MatrixProducts.rules());
    rules.putAll(Convolutions.rules());
    rules.putAll(Pools.rules());
    rules.putAll(Reductions.rules());
    rules.putAll(Normalisations.rules());
    rules.putAll(Softmaxes.rules());
    rules.putAll(Reshapes.rules());
    rules.putAll(Arrangements.rules());
    rules.putAll(Gathers.rules());
    return Map.copyOf(rules);
  }

  static boolean stops(NodeProto node) {
    boolean toWhole =
        node.getOpType().equals("Cast") && !REAL_TYPES.contains(Attributes.integer(node, "to", 1));
    return standard(node) && (STOPS.contains(node.getOpType()) || toWhole);
  }

  /** The outputs that change smoothly with the inputs. */
  static List<String> continuous(NodeProto node) {
    return ONE_CONTINUOUS_OUTPUT.contains(node.getOpType())
        ? List.of(node.getOutput(0))
        : node.getOutputList();
  }

  /**
   * The rule of a node's operator.
   *
   * @throws GradientException where there is none
   */
  static GradientRule of(NodeProto node) {
    GradientRule rule = standard(node) ? RULES.get(node.getOpType()) : null;
    if (rule == null) {
      String operator =
          standard(node) ? node.getOpType() : node.getDomain() + "." + node.getOpType();
      throw new GradientException(
          "no gradient for %s (node %s)%s: freeze up to there"
              .formatted(
                  operator,
                  name(node),
                  Refusals.reason(operator).map(reason -> ", " + reason).orElse("")),
          node.getOutput(0));
    }
    return rule;
  }

  /** Every operator with a gradient, by a rule of its own or taken apart into others. */
  public static Set<String> operators() {
    Set<String> operators = new TreeSet<>(RULES.keySet());
    operators.addAll(FunctionBodies.operators());
    return operators;
  }

  /** The node's own name, or that of its first output. */
  static String name(NodeProto node) {
    return "'" + (node.getName().isEmpty() ? node.getOutput(0) : node.getName()) + "'";
  }

  static boolean standard(NodeProto node) {
    return node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
  }
}
