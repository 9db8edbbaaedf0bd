/** Proof of gradients: each compared with finite differences of what ONNX Runtime answers. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.verify;
