/**
 * Measures Headwater as ratios to its limits: the same events through bare Kafka clients, bare
 * Kafka Streams and bare ONNX Runtime, in interleaved rounds of one run.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.bench;
