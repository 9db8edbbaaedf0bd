package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Map;

/** Gradients of the elementary functions of one variable. */
final class Functions {
  private static final float TWO_OVER_ROOT_PI = (float) (2 / Math.sqrt(Math.PI));

  private Functions() {}

  static Map<String, GradientRule> rules() {
    return Map.ofEntries(
        Map.entry("Identity", Elementwise.rule(Elementwise::g)),
        Map.entry("Dropout", Functions::dropout),
        Map.entry("Cast", Elementwise.rule(f -> f.op("CastLike", f.g(), f.x()))),
        Map.entry("Neg", Elementwise.rule(f -> f.neg(f.g()))),
        Map.entry("Abs", Elementwise.rule(f -> f.times(f.op("Sign", f.x())))),
        Map.entry("Reciprocal", Elementwise.rule(f -> f.neg(f.times(f.square(f.y()))))),
        Map.entry("Exp", Elementwise.rule(f -> f.times(f.y()))),
        Map.entry("Log", Elementwise.rule(f -> f.over(f.x()))),
        Map.entry("Sqrt", Elementwise.rule(f -> f.emit().div(f.scaled(0.5f), f.y()))),
        Map.entry(
            "Erf",
            Elementwise.rule(
                f -> f.mul(f.scaled(TWO_OVER_ROOT_PI), f.op("Exp", f.neg(f.square(f.x())))))),
        Map.entry("Sin", Elementwise.rule(f -> f.times(f.op("Cos", f.x())))),
        Map.entry("Cos", Elementwise.rule(f -> f.neg(f.times(f.op("Sin", f.x()))))),
        Map.entry("Tan", Elementwise.rule(f -> f.times(f.add(f.number(1), f.square(f.y()))))),
        Map.entry("Asin", Elementwise.rule(f -> f.over(f.op("Sqrt", f.oneMinus(f.square(f.x())))))),
        Map.entry(
            "Acos",
            Elementwise.rule(f -> f.neg(f.over(f.op("Sqrt", f.oneMinus(f.square(f.x()))))))),
        Map.entry("Atan", Elementwise.rule(f -> f.over(f.add(f.number(1), f.square(f.x()))))),
        Map.entry("Sinh", Elementwise.rule(f -> f.times(f.op("Cosh", f.x())))),
        Map.entry("Cosh", Elementwise.rule(f -> f.times(f.op("Sinh", f.x())))),
        Map.entry(
            "Asinh",
            Elementwise.rule(f -> f.over(f.op("Sqrt", f.add(f.number(1), f.square(f.x())))))),
        Map.entry(
            "Acosh",
            Elementwise.rule(f -> f.over(f.op("Sqrt", f.add(f.number(-1), f.square(f.x())))))),
        Map.entry("Atanh", Elementwise.rule(f -> f.over(f.oneMinus(f.square(f.x()))))));
  }

  /** Inference passes everything on; what a training mode would drop at random has no gradient. */
  private static void dropout(ReverseSweep sweep, NodeProto node, String gradient) {
    boolean training =
        sweep.names(node, 2) && sweep.constant(node, 2).map(Tensors::isTrue).orElse(false);
    if (training) {
      throw ReverseSweep.unsupported(node, "it is in training mode");
    }
    sweep.add(node.getInput(0), gradient);
  }
}
