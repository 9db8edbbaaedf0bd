/** Reads, cuts and writes ONNX graphs; the only package of this module that knows ONNX protobuf. */
@org.jspecify.annotations.NullMarked
package io.headwater.model.onnx;
