package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Map;

/** Gradients of the operators that move no element: the gradient takes the input's shape again. */
final class Reshapes {
  private Reshapes() {}

  static Map<String, GradientRule> rules() {
    return Map.of(
        "Flatten", Reshapes::back,
        "Reshape", Reshapes::back,
        "Squeeze", Reshapes::back,
        "Unsqueeze", Reshapes::back);
  }

  private static void back(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    sweep.add(x, emit.reshape(gradient, emit.shape(x)));
  }
}
