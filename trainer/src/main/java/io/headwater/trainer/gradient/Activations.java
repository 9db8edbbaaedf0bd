package io.headwater.trainer.gradient;

import java.util.Map;

/** Gradients of the operators that map each element by itself. */
final class Activations {
  /** The gradient of a function of one element, from its input, its output and their gradient. */
  private interface Elementwise {
    String gradient(Emitter emit, String x, String y, String gradient);
  }

  private Activations() {}

  static Map<String, GradientRule> rules() {
    return Map.of(
        "Identity", elementwise((emit, x, y, g) -> g),
        "Neg", elementwise((emit, x, y, g) -> emit.neg(g)),
        "Exp", elementwise((emit, x, y, g) -> emit.mul(g, y)),
        "Log", elementwise((emit, x, y, g) -> emit.div(g, x)),
        "Sqrt", elementwise((emit, x, y, g) -> emit.div(emit.mul(g, emit.scalar(0.5f)), y)),
        "Relu", elementwise((emit, x, y, g) -> emit.mul(g, emit.op("Sign", y))),
        "Tanh",
            elementwise((emit, x, y, g) -> emit.mul(g, emit.sub(emit.scalar(1), emit.mul(y, y)))),
        "Sigmoid",
            elementwise((emit, x, y, g) -> emit.mul(g, emit.mul(y, emit.sub(emit.scalar(1), y)))));
  }

  private static GradientRule elementwise(Elementwise function) {
    return (sweep, node, gradient) -> {
      String x = node.getInput(0);
      sweep.add(x, function.gradient(sweep.emit(), x, node.getOutput(0), gradient));
    };
  }
}
