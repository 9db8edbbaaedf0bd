package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Map;

/** Gradients of the arithmetic operators, which broadcast their inputs. */
final class Arithmetic {
  private Arithmetic() {}

  static Map<String, GradientRule> rules() {
    return Map.of(
        "Add", Arithmetic::sum,
        "Sum", Arithmetic::sum,
        "Sub", Arithmetic::sub,
        "Mul", Arithmetic::mul,
        "Div", Arithmetic::div);
  }

  private static void sum(ReverseSweep sweep, NodeProto node, String gradient) {
    for (int i = 0; i < node.getInputCount(); i++) {
      if (sweep.wants(node, i)) {
        sweep.addBroadcast(node.getInput(i), gradient, sweep.outputShape(node));
      }
    }
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
}
