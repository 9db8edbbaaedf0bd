package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Operators that ONNX defines by others, taken apart into them for training: they need no rule of
 * their own.
 */
final class FunctionBodies {
  /** Emits what a node computes and returns the value that holds its output. */
  private interface Body {
    String emit(Emitter emit, NodeProto node);
  }

  private static final float EPSILON = 1e-5f;
  private static final float ROOT_2 = (float) Math.sqrt(2);
  private static final float ROOT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);

  private static final Map<String, Body> BODIES =
      Map.of(
          "Gelu", FunctionBodies::gelu,
          "Mish", FunctionBodies::mish,
          "Swish", FunctionBodies::swish,
          "RMSNormalization", FunctionBodies::rootMeanSquare,
          "InstanceNormalization", FunctionBodies::instance,
          "GroupNormalization", FunctionBodies::group,
          "LpNormalization", FunctionBodies::length,
          "MeanVarianceNormalization", FunctionBodies::meanVariance);

  private FunctionBodies() {}

  static Set<String> operators() {
    return BODIES.keySet();
  }

  static boolean has(NodeProto node) {
    return GradientRules.standard(node) && BODIES.containsKey(node.getOpType());
  }

  /** Emits a node's body; the last node emitted makes the node's output. */
  static void expand(Emitter emit, NodeProto node) {
    Body body = BODIES.get(node.getOpType());
    if (body == null) {
      throw new IllegalArgumentException(node.getOpType() + " is not a function");
    }
    emit.named(node.getOutput(0), "Identity", List.of(body.emit(emit, node)));
  }

  /** x Phi(x), by the error function or, as the attribute may say, by a hyperbolic tangent. */
  private static String gelu(Emitter emit, NodeProto node) {
    String x = node.getInput(0);
    String gate;
    if (Attributes.text(node, "approximate", "none").equals("tanh")) {
      String cube = emit.mul(emit.mul(x, x), x);
      String inner = emit.add(x, emit.mul(cube, emit.scalar(0.044715f)));
      gate = emit.op("Tanh", emit.mul(inner, emit.scalar(ROOT_2_OVER_PI)));
    } else {
      gate = emit.op("Erf", emit.div(x, emit.scalar(ROOT_2)));
    }
    return emit.mul(emit.mul(x, emit.scalar(0.5f)), emit.add(gate, emit.scalar(1)));
  }

  private static String mish(Emitter emit, NodeProto node) {
    String x = node.getInput(0);
    return emit.mul(x, emit.op("Tanh", emit.op("Softplus", x)));
  }

  private static String swish(Emitter emit, NodeProto node) {
    String x = node.getInput(0);
    String alpha = emit.scalar(Attributes.real(node, "alpha", 1));
    return emit.mul(x, emit.op("Sigmoid", emit.mul(x, alpha)));
  }

  private static String rootMeanSquare(Emitter emit, NodeProto node) {
    long axis = Attributes.integer(node, "axis", -1);
    if (axis != -1) {
      throw ReverseSweep.unsupported(node, "it runs over more than the last axis");
    }
    String x = node.getInput(0);
    String square = emit.mean(emit.mul(x, x), -1);
    return emit.mul(emit.div(x, deviation(emit, square, node)), node.getInput(1));
  }

  private static String instance(Emitter emit, NodeProto node) {
    String x = node.getInput(0);
    String rows = emit.reshape(x, emit.vector(0, 0, -1));
    String normal = standardised(emit, rows, node);
    return emit.reshape(scaled(emit, normal, node), emit.shape(x));
  }

  /** Scale and shift are per channel from opset 21 on, and per group before. */
  private static String group(Emitter emit, NodeProto node) {
    String x = node.getInput(0);
    long groups = Attributes.integer(node, "num_groups", 1);
    String normal = standardised(emit, emit.reshape(x, emit.vector(0, groups, -1)), node);
    // [batch, groups, -1] -> [batch, scales, -1]: whichever of the two the scale has.
    String scales = emit.shape(node.getInput(1));
    String shape = emit.join(List.of(emit.vector(0), scales, emit.vector(-1)));
    return emit.reshape(scaled(emit, emit.reshape(normal, shape), node), emit.shape(x));
  }

  /** Mean 0 and variance 1 along the last axis. */
  private static String standardised(Emitter emit, String rows, NodeProto node) {
    String centred = emit.sub(rows, emit.mean(rows, -1));
    String variance = emit.mean(emit.mul(centred, centred), -1);
    return emit.div(centred, deviation(emit, variance, node));
  }

  private static String deviation(Emitter emit, String variance, NodeProto node) {
    String epsilon = emit.scalar(Attributes.real(node, "epsilon", EPSILON));
    return emit.op("Sqrt", emit.add(variance, epsilon));
  }

  /** Scales and shifts the rows of [batch, n, -1] by the second and third input of length n. */
  private static String scaled(Emitter emit, String rows, NodeProto node) {
    String last = emit.vector(1);
    String scale = emit.op("Unsqueeze", node.getInput(1), last);
    String shift = emit.op("Unsqueeze", node.getInput(2), last);
    return emit.add(emit.mul(rows, scale), shift);
  }

  private static String length(Emitter emit, NodeProto node) {
    String x = node.getInput(0);
    String axis = emit.vector(Attributes.integer(node, "axis", -1));
    boolean manhattan = Attributes.integer(node, "p", 2) == 1;
    return emit.div(x, emit.op(manhattan ? "ReduceL1" : "ReduceL2", x, axis));
  }

  private static String meanVariance(Emitter emit, NodeProto node) {
    String x = node.getInput(0);
    long[] axes = Attributes.integers(node, "axes", new long[] {0, 2, 3});
    String centred = emit.sub(x, emit.mean(x, axes));
    String variance = emit.mean(emit.mul(centred, centred), axes);
    return emit.div(centred, emit.add(emit.op("Sqrt", variance), emit.scalar(1e-9f)));
  }
}
