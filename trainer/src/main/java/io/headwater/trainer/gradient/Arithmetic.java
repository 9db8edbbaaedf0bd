package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Map;
import java.util.Optional;

/** Gradients of the arithmetic operators, which broadcast their inputs. */
final class Arithmetic {
  private Arithmetic() {}

  static Map<String, GradientRule> rules() {
    return Map.of(
        "Add", Arithmetic::sum,
        "Sum", Arithmetic::sum,
        "Mean", Arithmetic::mean,
        "Sub", Arithmetic::sub,
        "Mul", Arithmetic::mul,
        "Div", Arithmetic::div,
        "Pow", Arithmetic::pow);
  }

  private static void sum(ReverseSweep sweep, NodeProto node, String gradient) {
    for (int i = 0; i < node.getInputCount(); i++) {
      if (sweep.wants(node, i)) {
        sweep.addBroadcast(node.getInput(i), gradient, sweep.outputShape(node));
      }
    }
  }

  private static void mean(ReverseSweep sweep, NodeProto node, String gradient) {
    String share = sweep.emit().scalar(1f / node.getInputCount());
    sum(sweep, node, sweep.emit().mul(gradient, share));
  }

  private static void sub(ReverseSweep sweep, NodeProto node, String gradient) {
    if (sweep.wants(node, 0)) {
      sweep.addBroadcast(node.getInput(0), gradient, sweep.outputShape(node));
    }
    if (sweep.wants(node, 1)) {
      sweep.addBroadcast(node.getInput(1), sweep.emit().neg(gradient), sweep.outputShape(node));
    }
  }

  private static void mul(ReverseSweep sweep, NodeProto node, String gradient) {
    for (int i = 0; i < 2; i++) {
      if (sweep.wants(node, i)) {
        String part = sweep.emit().mul(gradient, node.getInput(1 - i));
        sweep.addBroadcast(node.getInput(i), part, sweep.outputShape(node));
      }
    }
  }

  private static void div(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String quotient = emit.div(gradient, node.getInput(1));
    if (sweep.wants(node, 0)) {
      sweep.addBroadcast(node.getInput(0), quotient, sweep.outputShape(node));
    }
    if (sweep.wants(node, 1)) {
      String part = emit.neg(emit.mul(quotient, node.getOutput(0)));
      sweep.addBroadcast(node.getInput(1), part, sweep.outputShape(node));
    }
  }

  /** y = x ^ p; a trained exponent learns only where x is above 0. */
  private static void pow(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String exponent = node.getInput(1);
    if (sweep.wants(node, 0)) {
      String slope;
      if (isTwo(sweep.constantOf(exponent))) {
        slope = emit.mul(emit.scalar(2), x);
      } else {
        String p = emit.op("CastLike", exponent, x);
        String lower = emit.sub(p, emit.scalar(1));
        slope = emit.mul(p, emit.op("Pow", x, lower));
      }
      sweep.addBroadcast(x, emit.mul(gradient, slope), sweep.outputShape(node));
    }
    if (sweep.wants(node, 1)) {
      String slope = emit.mul(node.getOutput(0), emit.op("Log", x));
      String part =
          emit.onlyWhere(emit.op("Greater", x, emit.scalar(0)), emit.mul(gradient, slope));
      sweep.addBroadcast(exponent, part, sweep.outputShape(node));
    }
  }

  private static boolean isTwo(Optional<TensorProto> exponent) {
    return exponent
        .filter(tensor -> tensor.getDataType() == Tensors.FLOAT)
        .map(Tensors::floats)
        .filter(values -> values.length == 1 && values[0] == 2)
        .isPresent();
  }
}
