package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Gradients of the reductions over axes. */
final class Reductions {
  /** The gradient of x, from that of the reduction; both given with the reduced axes as ones. */
  private interface Slope {
    String gradient(Emitter emit, String x, String y, String g);
  }

  private Reductions() {}

  static Map<String, GradientRule> rules() {
    return Map.ofEntries(
        Map.entry("ReduceSum", rule((emit, x, y, g) -> emit.op("Expand", g, emit.shape(x)))),
        Map.entry("ReduceMean", Reductions::mean),
        Map.entry("ReduceL1", rule((emit, x, y, g) -> emit.mul(g, emit.op("Sign", x)))),
        Map.entry("ReduceL2", rule(Reductions::l2)),
        Map.entry(
            "ReduceSumSquare", rule((emit, x, y, g) -> emit.mul(g, emit.mul(emit.scalar(2), x)))),
        Map.entry(
            "ReduceLogSum",
            rule(
                (emit, x, y, g) ->
                    emit.op("Expand", emit.div(g, emit.op("Exp", y)), emit.shape(x)))),
        Map.entry(
            "ReduceLogSumExp",
            rule((emit, x, y, g) -> emit.mul(g, emit.op("Exp", emit.sub(x, y))))),
        Map.entry("ReduceMax", Reductions::extreme),
        Map.entry("ReduceMin", Reductions::extreme));
  }

  private static GradientRule rule(Slope slope) {
    return (sweep, node, gradient) -> {
      String x = node.getInput(0);
      String y = kept(sweep, node, node.getOutput(0));
      String g = kept(sweep, node, gradient);
      sweep.add(x, slope.gradient(sweep.emit(), x, y, g));
    };
  }

  private static void mean(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String shape = emit.shape(x);
    String share = emit.div(kept(sweep, node, gradient), count(sweep, node, shape));
    sweep.add(x, emit.op("Expand", share, shape));
  }

  /** The subgradient at the origin is taken to be 0. */
  private static String l2(Emitter emit, String x, String y, String g) {
    return emit.mul(g, emit.div(x, emit.op("Max", y, emit.scalar(Float.MIN_NORMAL))));
  }

  /** Elements that are equally extreme share the gradient. */
  private static void extreme(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String chosen = emit.toFloat(emit.op("Equal", x, kept(sweep, node, node.getOutput(0))));
    long[] axes = axes(sweep, node);
    String ties = axes.length == 0 ? chosen : emit.sum(chosen, true, axes);
    sweep.add(x, emit.mul(chosen, emit.div(kept(sweep, node, gradient), ties)));
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
