package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Map;
import java.util.stream.LongStream;

/** Gradients of the normalisations that aren't taken apart by {@link FunctionBodies}. */
final class Normalisations {
  private static final float EPSILON = 1e-5f;

  private Normalisations() {}

  static Map<String, GradientRule> rules() {
    return Map.of(
        "BatchNormalization", Normalisations::batch, "LayerNormalization", Normalisations::layer);
  }

  /** y = scale (x - mean) / sqrt(variance + epsilon) + shift, with a constant mean and variance. */
  private static void batch(ReverseSweep sweep, NodeProto node, String gradient) {
    if (Attributes.integer(node, "training_mode", 0) != 0 || node.getOutputCount() > 1) {
      throw ReverseSweep.unsupported(node, "it is in training mode");
    }
    if (sweep.wants(node, 3) || sweep.wants(node, 4)) {
      throw ReverseSweep.unsupported(node, "its statistics are not constant");
    }
    Emitter emit = sweep.emit();
    int rank = sweep.rank(node.getInput(0));
    String epsilon = emit.scalar(Attributes.real(node, "epsilon", EPSILON));
    String deviation = emit.op("Sqrt", emit.add(node.getInput(4), epsilon));
    if (sweep.wants(node, 0)) {
      String slope = channels(emit, emit.div(node.getInput(1), deviation), rank);
      sweep.add(node.getInput(0), emit.mul(gradient, slope));
    }
    long[] others = LongStream.range(0, rank).filter(axis -> axis != 1).toArray();
    if (sweep.wants(node, 1)) {
      String centred = emit.sub(node.getInput(0), channels(emit, node.getInput(3), rank));
      String normal = emit.div(centred, channels(emit, deviation, rank));
      sweep.add(node.getInput(1), emit.sum(emit.mul(gradient, normal), false, others));
    }
    if (sweep.wants(node, 2)) {
      sweep.add(node.getInput(2), emit.sum(gradient, false, others));
    }
  }

  /**
   * y = scale n + shift, where n = (x - mean(x)) / d and d = sqrt(variance(x) + epsilon) over the
   * axes from {@code axis} on: dx = (h - mean(h) - n mean(h n)) / d for h = scale dy (Ba, Kiros and
   * Hinton, Layer Normalization, 2016).
   */
  private static void layer(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String scale = node.getInput(1);
    int rank = sweep.rank(x);
    int first = ReverseSweep.axis(Attributes.integer(node, "axis", -1), rank);
    long[] axes = LongStream.range(first, rank).toArray();
    String epsilon = emit.scalar(Attributes.real(node, "epsilon", EPSILON));
    String centred = emit.sub(x, emit.mean(x, axes));
    String variance = emit.mean(emit.mul(centred, centred), axes);
    String deviation = emit.op("Sqrt", emit.add(variance, epsilon));
    String normal = emit.div(centred, deviation);
    if (sweep.wants(node, 1)) {
      sweep.addBroadcast(scale, emit.mul(gradient, normal), sweep.outputShape(node));
    }
    if (sweep.wants(node, 2)) {
      sweep.addBroadcast(node.getInput(2), gradient, sweep.outputShape(node));
    }
    if (sweep.wants(node, 0)) {
      String h = emit.mul(gradient, scale);
      String along = emit.mul(normal, emit.mean(emit.mul(h, normal), axes));
      String across = emit.sub(emit.sub(h, emit.mean(h, axes)), along);
      sweep.add(x, emit.div(across, deviation));
    }
  }

  /**
   * A vector of one value per channel, shaped so that it broadcasts against [batch, channel, ...].
   */
  private static String channels(Emitter emit, String vector, int rank) {
    if (rank == 2) {
      return vector;
    }
    long[] shape = LongStream.range(1, rank).map(axis -> axis == 1 ? -1 : 1).toArray();
    return emit.reshape(vector, emit.vector(shape));
  }
}
