package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Map;
import java.util.Optional;

/**
 * Gradients of the operators that let one of several values through; where two are equal, the
 * gradient goes to the first.
 */
final class Selections {
  private Selections() {}

  static Map<String, GradientRule> rules() {
    return Map.of(
        "Clip", Selections::clip,
        "Max", (sweep, node, gradient) -> extreme(sweep, node, gradient, "GreaterOrEqual"),
        "Min", (sweep, node, gradient) -> extreme(sweep, node, gradient, "LessOrEqual"));
  }

  private static void clip(ReverseSweep sweep, NodeProto node, String gradient) {
    if (sweep.wants(node, 1) || sweep.wants(node, 2)) {
      throw ReverseSweep.unsupported(node, "a bound of it is trained");
    }
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    Optional<String> above = bound(node, 1).map(bound -> emit.op("Greater", x, bound));
    Optional<String> below = bound(node, 2).map(bound -> emit.op("Less", x, bound));
    Optional<String> inside =
        above.isPresent() && below.isPresent()
            ? Optional.of(emit.op("And", above.get(), below.get()))
            : above.or(() -> below);
    sweep.add(x, inside.map(where -> emit.onlyWhere(where, gradient)).orElse(gradient));
  }

  private static Optional<String> bound(NodeProto node, int input) {
    return node.getInputCount() > input && !node.getInput(input).isEmpty()
        ? Optional.of(node.getInput(input))
        : Optional.empty();
  }

  private static void extreme(
      ReverseSweep sweep, NodeProto node, String gradient, String firstWins) {
    if (node.getInputCount() == 1) {
      sweep.add(node.getInput(0), gradient);
      return;
    }
    if (node.getInputCount() > 2) {
      throw ReverseSweep.unsupported(node, "it has more than two inputs");
    }
    Emitter emit = sweep.emit();
    String first = emit.op(firstWins, node.getInput(0), node.getInput(1));
    if (sweep.wants(node, 0)) {
      sweep.addBroadcast(
          node.getInput(0), emit.onlyWhere(first, gradient), sweep.outputShape(node));
    }
    if (sweep.wants(node, 1)) {
      sweep.addBroadcast(
          node.getInput(1),
          emit.onlyWhere(emit.op("Not", first), gradient),
          sweep.outputShape(node));
    }
  }
}
