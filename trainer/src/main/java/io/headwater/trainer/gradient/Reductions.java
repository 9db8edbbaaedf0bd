package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Gradients of the reductions over axes. */
final class Reductions {
  private Reductions() {}

  static Map<String, GradientRule> rules() {
    return Map.of(
        "ReduceSum", Reductions::sum,
        "ReduceMean", Reductions::mean,
        "ReduceL2", Reductions::l2);
  }

  private static void sum(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    sweep.add(x, emit.op("Expand", kept(sweep, node, gradient), emit.shape(x)));
  }

  private static void mean(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String shape = emit.shape(x);
    String share = emit.div(kept(sweep, node, gradient), count(sweep, node, shape));
    sweep.add(x, emit.op("Expand", share, shape));
  }

  /** The subgradient at the origin is taken to be 0. */
  private static void l2(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String norm =
        emit.op("Max", kept(sweep, node, node.getOutput(0)), emit.scalar(Float.MIN_NORMAL));
    sweep.add(x, emit.mul(kept(sweep, node, gradient), emit.div(x, norm)));
  }

  /** A value of the output's shape with the reduced axes put back as ones. */
  private static String kept(ReverseSweep sweep, NodeProto node, String value) {
    long[] axes = axes(sweep, node);
    if (Attributes.integer(node, "keepdims", 1) != 0 || axes.length == 0) {
      return value;
    }
    return sweep.emit().op("Unsqueeze", value, sweep.emit().vector(axes));
  }

  /** How many elements each mean is over. */
  private static String count(ReverseSweep sweep, NodeProto node, String shape) {
    Emitter emit = sweep.emit();
    long[] dims = sweep.shape(node.getInput(0));
    long[] axes = axes(sweep, node);
    if (LongStream.of(axes).allMatch(axis -> dims[(int) axis] != Shapes.FREE)) {
      return emit.scalar(
          (float) LongStream.of(axes).map(axis -> dims[(int) axis]).reduce(1, (a, b) -> a * b));
    }
    String reduced = emit.op("Gather", shape, emit.vector(axes));
    return emit.toFloat(emit.node("ReduceProd", List.of(reduced), Attributes.of("keepdims", 0L)));
  }

  private static long[] axes(ReverseSweep sweep, NodeProto node) {
    int rank = sweep.rank(node.getInput(0));
    long[] axes = sweep.constant(node, 1).map(Tensors::longs).orElse(new long[0]);
    if (axes.length > 0) {
      return LongStream.of(axes).map(axis -> ReverseSweep.axis(axis, rank)).toArray();
    }
    boolean none = Attributes.integer(node, "noop_with_empty_axes", 0) != 0;
    return none ? axes : LongStream.range(0, rank).toArray();
  }
}
