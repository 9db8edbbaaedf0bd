package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One pass over a graph from its output to its inputs, gathering for each value the parts of its
 * gradient (reverse accumulation: Griewank and Walther, Evaluating Derivatives, 2008, chapter 3).
 */
final class ReverseSweep {
  private final Emitter emitter;
  private final Shapes shapes;
  private final Map<String, TensorProto> constants = new HashMap<>();
  private final Set<String> wanting = new HashSet<>();
  private final Map<String, List<String>> parts = new HashMap<>();

  private ReverseSweep(
      GraphProto graph, Shapes shapes, Emitter emitter, Collection<String> wanted) {
    this.emitter = emitter;
    this.shapes = shapes;
    graph.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
    wanting.addAll(wanted);
    for (NodeProto node : graph.getNodeList()) {
      if (!GradientRules.stops(node) && node.getInputList().stream().anyMatch(wanting::contains)) {
        wanting.addAll(GradientRules.continuous(node));
      }
    }
  }

  /**
   * Emits the gradients of an output with respect to values of the graph.
   *
   * @param graph topologically sorted, as ONNX requires
   * @param seed gradient of {@code output}, shaped like it
   * @return the gradient's name by wanted value; values that the output does not depend on are
   *     absent
   * @throws GradientException where an operator between them has no rule
   */
  static Map<String, String> gradients(
      GraphProto graph,
      Shapes shapes,
      Emitter emitter,
      Collection<String> wanted,
      String output,
      String seed) {
    ReverseSweep sweep = new ReverseSweep(graph, shapes, emitter, wanted);
    sweep.add(output, seed);
    List<NodeProto> nodes = graph.getNodeList();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      NodeProto node = nodes.get(i);
      if (!GradientRules.stops(node)
          && node.getInputList().stream().anyMatch(sweep.wanting::contains)
          && node.getOutputList().stream().anyMatch(sweep.parts::containsKey)) {
        GradientRules.of(node).apply(sweep, node, sweep.gradientOrZeros(node.getOutput(0)));
      }
    }
    Map<String, String> gradients = new LinkedHashMap<>();
    for (String value : wanted) {
      sweep.gradient(value).ifPresent(gradient -> gradients.put(value, gradient));
    }
    return gradients;
  }

  Emitter emit() {
    return emitter;
  }

  boolean wants(NodeProto node, int input) {
    return node.getInputCount() > input && wanting.contains(node.getInput(input));
  }

  /** Whether an input is given, not left out. */
  boolean names(NodeProto node, int input) {
    return node.getInputCount() > input && !node.getInput(input).isEmpty();
  }

  int rank(String value) {
    return shapes.rank(value);
  }

  long[] shape(String value) {
    return shapes.of(value);
  }

  /** The shape of the node's first output. */
  long[] outputShape(NodeProto node) {
    return shapes.of(node.getOutput(0));
  }

  /** Adds a part, shaped like the value, to the value's gradient. */
  void add(String value, String part) {
    parts.computeIfAbsent(value, key -> new ArrayList<>()).add(part);
  }

  /**
   * Adds a part that has the shape which the value was broadcast to: it is summed over the axes
   * along which the value was repeated.
   */
  void addBroadcast(String value, String part, long[] broadcast) {
    long[] own = shapes.of(value);
    int lead = broadcast.length - own.length;
    List<Long> axes = new ArrayList<>();
    boolean repeatsOnes = false;
    for (int i = 0; i < broadcast.length; i++) {
      boolean one = i >= lead && own[i - lead] == 1 && broadcast[i] != 1;
      repeatsOnes |= one;
      if (i < lead || one) {
        axes.add((long) i);
      }
    }
    if (axes.isEmpty()) {
      add(value, part);
      return;
    }
    long[] over = axes.stream().mapToLong(Long::longValue).toArray();
    if (lead == 0) {
      add(value, emitter.sum(part, true, over));
    } else if (!repeatsOnes) {
      add(value, emitter.sum(part, false, over));
    } else {
      add(value, emitter.reshape(emitter.sum(part, true, over), emitter.shape(value)));
    }
  }

  /** The value's gradient as gathered so far, its parts summed. */
  Optional<String> gradient(String value) {
    List<String> gathered = parts.get(value);
    if (gathered == null) {
      return Optional.empty();
    }
    String sum = gathered.stream().reduce(emitter::add).orElseThrow();
    gathered.clear();
    gathered.add(sum);
    return Optional.of(sum);
  }

  /** The value's gradient, or zeros shaped like it where nothing depends on it. */
  String gradientOrZeros(String value) {
    return gradient(value).orElseGet(() -> emitter.mul(value, emitter.scalar(0)));
  }

  Optional<TensorProto> constantOf(String value) {
    return Optional.ofNullable(constants.get(value));
  }

  /** The constant that an input names, or empty where the input is left out. */
  Optional<TensorProto> constant(NodeProto node, int input) {
    if (!names(node, input)) {
      return Optional.empty();
    }
    TensorProto tensor = constants.get(node.getInput(input));
    if (tensor == null) {
      throw unsupported(node, "input '" + node.getInput(input) + "' is not a constant");
    }
    return Optional.of(tensor);
  }

  /** Refuses a form of an operator that its rule does not cover. */
  static GradientException unsupported(NodeProto node, String why) {
    return new GradientException(
        "no gradient for this %s (node %s), %s: freeze up to there"
            .formatted(node.getOpType(), GradientRules.name(node), why),
        node.getOutput(0));
  }

  /** An axis counted from the front. */
  static int axis(long axis, int rank) {
    return Math.toIntExact(axis < 0 ? axis + rank : axis);
  }
}
