/** Runs segments in ONNX Runtime: loading, leasing and swapping; nothing else touches it. */
@org.jspecify.annotations.NullMarked
package io.headwater.model.runtime;
