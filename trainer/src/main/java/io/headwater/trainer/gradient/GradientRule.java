package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;

/** How one operator passes the gradient of its outputs on to its inputs. */
@FunctionalInterface
interface GradientRule {
  /**
   * Emits what carries the gradient to each input that wants one.
   *
   * @param gradient gradient of the node's first output; those of others are asked of the sweep
   */
  void apply(ReverseSweep sweep, NodeProto node, String gradient);
}
