package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Map;

/** Gradients of softmax and its logarithm along one axis. */
final class Softmaxes {
  private Softmaxes() {}

  static Map<String, GradientRule> rules() {
    return Map.of("Softmax", Softmaxes::softmax, "LogSoftmax", Softmaxes::logSoftmax);
  }

  private static void softmax(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String y = node.getOutput(0);
    String weighted = emit.mul(gradient, y);
    String total = emit.sum(weighted, true, axis(sweep, node));
    sweep.add(node.getInput(0), emit.sub(weighted, emit.mul(y, total)));
  }

  private static void logSoftmax(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String total = emit.sum(gradient, true, axis(sweep, node));
    String probabilities = emit.op("Exp", node.getOutput(0));
    sweep.add(node.getInput(0), emit.sub(gradient, emit.mul(probabilities, total)));
  }

  private static long axis(ReverseSweep sweep, NodeProto node) {
    return ReverseSweep.axis(Attributes.integer(node, "axis", -1), sweep.rank(node.getInput(0)));
  }
}
