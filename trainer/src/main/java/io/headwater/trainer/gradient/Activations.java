package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Map;

/**
 * Gradients of the activations, which map each element by itself; at a kink the gradient is that of
 * its left side.
 */
final class Activations {
  private static final float LEAKY_ALPHA = 0.01f;
  private static final float SELU_ALPHA = 1.6732632f;
  private static final float SELU_GAMMA = 1.050701f;

  private Activations() {}

  static Map<String, GradientRule> rules() {
    return Map.ofEntries(
        Map.entry("Relu", Elementwise.rule(f -> f.times(f.op("Sign", f.y())))),
        Map.entry("Tanh", Elementwise.rule(f -> f.times(f.oneMinus(f.square(f.y()))))),
        Map.entry("Sigmoid", Elementwise.rule(f -> f.times(f.mul(f.y(), f.oneMinus(f.y()))))),
        Map.entry("Softplus", Elementwise.rule(f -> f.times(f.op("Sigmoid", f.x())))),
        Map.entry(
            "Softsign",
            Elementwise.rule(f -> f.over(f.square(f.add(f.number(1), f.op("Abs", f.x())))))),
        Map.entry(
            "LeakyRelu",
            Elementwise.rule(
                f -> f.where(f.positive(), f.g(), f.scaled(f.real("alpha", LEAKY_ALPHA))))),
        Map.entry("PRelu", Activations::parametric),
        Map.entry(
            "Elu",
            Elementwise.rule(
                f ->
                    f.where(
                        f.positive(), f.g(), f.times(f.add(f.y(), f.number(f.real("alpha", 1))))))),
        Map.entry("Selu", Elementwise.rule(Activations::selu)),
        Map.entry(
            "Celu",
            Elementwise.rule(
                f ->
                    f.where(
                        f.positive(),
                        f.g(),
                        f.times(f.op("Exp", f.div(f.x(), f.number(f.real("alpha", 1)))))))),
        Map.entry(
            "ThresholdedRelu",
            Elementwise.rule(
                f ->
                    f.where(
                        f.op("Greater", f.x(), f.number(f.real("alpha", 1))), f.g(), f.number(0)))),
        Map.entry(
            "Shrink",
            Elementwise.rule(
                f ->
                    f.where(
                        f.op("Greater", f.op("Abs", f.x()), f.number(f.real("lambd", 0.5f))),
                        f.g(),
                        f.number(0)))),
        Map.entry("HardSigmoid", Elementwise.rule(Activations::hardSigmoid)),
        Map.entry("HardSwish", Elementwise.rule(Activations::hardSwish)));
  }

  private static String selu(Elementwise f) {
    float gamma = f.real("gamma", SELU_GAMMA);
    float alpha = f.real("alpha", SELU_ALPHA);
    return f.where(f.positive(), f.scaled(gamma), f.times(f.add(f.y(), f.number(alpha * gamma))));
  }

  private static String hardSigmoid(Elementwise f) {
    String inside =
        f.op("And", f.op("Greater", f.y(), f.number(0)), f.op("Less", f.y(), f.number(1)));
    return f.where(inside, f.scaled(f.real("alpha", 0.2f)), f.number(0));
  }

  /** y = x clip(x / 6 + 1/2, 0, 1). */
  private static String hardSwish(Elementwise f) {
    String sixth = f.mul(f.x(), f.number(1f / 6));
    String gate = f.op("Max", f.op("Min", f.add(sixth, f.number(0.5f)), f.number(1)), f.number(0));
    String inside = f.op("Less", f.op("Abs", f.x()), f.number(3));
    return f.times(f.add(gate, f.where(inside, sixth, f.number(0))));
  }

  /** y = x above 0, and below it x times a trained slope, which broadcasts to x. */
  private static void parametric(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String slope = node.getInput(1);
    String positive = emit.op("Greater", x, emit.scalar(0));
    if (sweep.wants(node, 0)) {
      sweep.add(x, emit.op("Where", positive, gradient, emit.mul(gradient, slope)));
    }
    if (sweep.wants(node, 1)) {
      String part = emit.op("Where", positive, emit.scalar(0), emit.mul(gradient, x));
      sweep.addBroadcast(slope, part, sweep.outputShape(node));
    }
  }
}
