/** Reverse-mode differentiation: from an ONNX graph to the graph of its gradients. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.gradient;
