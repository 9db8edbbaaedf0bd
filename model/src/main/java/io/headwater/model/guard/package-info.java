/**
 * Judges models that nobody vouches for, before any of their bytes reach native code. Knows ONNX
 * protobuf and the model package; runs nothing.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.model.guard;
