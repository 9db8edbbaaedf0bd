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
        "Max", Selections::extreme,
        "Min", Selections::extreme,
        "Where", Selections::where);
  }

  private static void clip(ReverseSweep sweep, NodeProto node, String gradient) {
    if (sweep.wants(node, 1) || sweep.wants(node, 2)) {
      throw ReverseSweep.unsupported(node, "a bound of it is trained");
    }
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    Optional<String> above = bound(sweep, node, 1).map(bound -> emit.op("Greater", x, bound));
    Optional<String> below = bound(sweep, node, 2).map(bound -> emit.op("Less", x, bound));
    Optional<String> inside =
        above.isPresent() && below.isPresent()
            ? Optional.of(emit.op("And", above.get(), below.get()))
            : above.or(() -> below);
    sweep.add(x, inside.map(where -> emit.onlyWhere(where, gradient)).orElse(gradient));
  }

  private static Optional<String> bound(ReverseSweep sweep, NodeProto node, int input) {
    return sweep.names(node, input) ? Optional.of(node.getInput(input)) : Optional.empty();
  }

  /** Each input in turn takes what is left of the gradient where it equals the output. */
  private static void extreme(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String left = gradient;
    int last = node.getInputCount() - 1;
    for (int i = 0; i <= last; i++) {
      String x = node.getInput(i);
      String mine = left;
      if (i < last) {
        String wins = emit.op("Equal", x, node.getOutput(0));
        mine = emit.onlyWhere(wins, left);
        left = emit.op("Where", wins, emit.scalar(0), left);
      }
      if (sweep.wants(node, i)) {
        sweep.addBroadcast(x, mine, sweep.outputShape(node));
      }
    }
  }

  private static void where(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String condition = node.getInput(0);
    if (sweep.wants(node, 1)) {
      sweep.addBroadcast(
          node.getInput(1), emit.onlyWhere(condition, gradient), sweep.outputShape(node));
    }
    if (sweep.wants(node, 2)) {
      String part = emit.op("Where", condition, emit.scalar(0), gradient);
      sweep.addBroadcast(node.getInput(2), part, sweep.outputShape(node));
    }
  }
}
