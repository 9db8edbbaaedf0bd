package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.function.Function;

/**
 * One use of a function that maps each element by itself, as its rule sees it.
 *
 * @param x the function's input
 * @param y its output
 * @param g gradient of the output
 */
record Elementwise(Emitter emit, NodeProto node, String x, String y, String g) {

  /** The rule of a function whose input's gradient is what {@code gradient} emits. */
  static GradientRule rule(Function<Elementwise, String> gradient) {
    return (sweep, node, g) -> {
      if (sweep.wants(node, 0)) {
        String x = node.getInput(0);
        sweep.add(x, gradient.apply(new Elementwise(sweep.emit(), node, x, node.getOutput(0), g)));
      }
    };
  }

  /** The output's gradient times the function's slope. */
  String times(String slope) {
    return emit.mul(g, slope);
  }

  /** The output's gradient divided by the inverse of the function's slope. */
  String over(String inverse) {
    return emit.div(g, inverse);
  }

  String scaled(float slope) {
    return emit.mul(g, emit.scalar(slope));
  }

  String positive() {
    return emit.op("Greater", x, emit.scalar(0));
  }

  String number(float value) {
    return emit.scalar(value);
  }

  float real(String attribute, float otherwise) {
    return Attributes.real(node, attribute, otherwise);
  }

  String op(String type, String... inputs) {
    return emit.op(type, inputs);
  }

  String where(String condition, String then, String otherwise) {
    return emit.op("Where", condition, then, otherwise);
  }

  String add(String a, String b) {
    return emit.add(a, b);
  }

  String mul(String a, String b) {
    return emit.mul(a, b);
  }

  String div(String a, String b) {
    return emit.div(a, b);
  }

  String neg(String a) {
    return emit.neg(a);
  }

  String square(String a) {
    return emit.mul(a, a);
  }

  String oneMinus(String a) {
    return emit.sub(emit.scalar(1), a);
  }
}
