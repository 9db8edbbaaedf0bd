package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Gradients of the operators that read or write elements at positions: what was read has its
 * gradient added up at the places that it was read from.
 */
final class Gathers {
  private Gathers() {}

  static Map<String, GradientRule> rules() {
    return Map.of(
        "Gather", Gathers::gather,
        "GatherElements", Gathers::gatherElements,
        "GatherND", Gathers::gatherPoints,
        "ScatterElements", Gathers::scatterElements,
        "ScatterND", Gathers::scatterPoints,
        "Slice", Gathers::slice,
        "TopK", Gathers::topK);
  }

  private static void gather(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    int rank = sweep.rank(x);
    int indexRank = sweep.rank(node.getInput(1));
    int axis = ReverseSweep.axis(Attributes.integer(node, "axis", 0), rank);
    // The indices' axes go first and become one, as which they index the axis that was read.
    int all = rank - 1 + indexRank;
    String first = emit.transpose(gradient, forward(all, axis, indexRank));
    long[] rest = others(rank, axis);
    String restDims = emit.op("Gather", emit.shape(x), emit.vector(rest));
    String rows = emit.reshape(first, emit.join(List.of(emit.vector(-1), restDims)));
    String zeros = emit.zeros(emit.join(List.of(emit.dim(x, axis), restDims)));
    String index = emit.reshape(node.getInput(1), emit.vector(-1, 1));
    String sum = emit.node("ScatterND", List.of(zeros, emit.toLong(index), rows), added());
    sweep.add(x, emit.transpose(sum, backward(rank, axis)));
  }

  private static void gatherElements(ReverseSweep sweep, NodeProto node, String gradient) {
    scatter(sweep, node, node.getInput(1), gradient, Attributes.integer(node, "axis", 0));
  }

  private static void topK(ReverseSweep sweep, NodeProto node, String gradient) {
    scatter(sweep, node, node.getOutput(1), gradient, Attributes.integer(node, "axis", -1));
  }

  private static void scatter(
      ReverseSweep sweep, NodeProto node, String index, String gradient, long axis) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String zeros = emit.zeros(emit.shape(x));
    sweep.add(
        x,
        emit.node(
            "ScatterElements",
            List.of(zeros, index, gradient),
            Attributes.of("axis", axis),
            added()));
  }

  private static void gatherPoints(ReverseSweep sweep, NodeProto node, String gradient) {
    if (Attributes.integer(node, "batch_dims", 0) != 0) {
      throw ReverseSweep.unsupported(node, "it has batch dimensions");
    }
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String zeros = emit.zeros(emit.shape(x));
    sweep.add(x, emit.node("ScatterND", List.of(zeros, node.getInput(1), gradient), added()));
  }

  private static void scatterElements(ReverseSweep sweep, NodeProto node, String gradient) {
    requireOverwriting(node);
    Emitter emit = sweep.emit();
    String index = node.getInput(1);
    long axis = Attributes.integer(node, "axis", 0);
    if (sweep.wants(node, 0)) {
      String zeros = emit.zeros(emit.shape(index));
      sweep.add(
          node.getInput(0),
          emit.node(
              "ScatterElements", List.of(gradient, index, zeros), Attributes.of("axis", axis)));
    }
    if (sweep.wants(node, 2)) {
      sweep.add(
          node.getInput(2),
          emit.node("GatherElements", List.of(gradient, index), Attributes.of("axis", axis)));
    }
  }

  private static void scatterPoints(ReverseSweep sweep, NodeProto node, String gradient) {
    requireOverwriting(node);
    Emitter emit = sweep.emit();
    String index = node.getInput(1);
    if (sweep.wants(node, 0)) {
      String zeros = emit.zeros(emit.shape(node.getInput(2)));
      sweep.add(node.getInput(0), emit.op("ScatterND", gradient, index, zeros));
    }
    if (sweep.wants(node, 2)) {
      sweep.add(node.getInput(2), emit.op("GatherND", gradient, index));
    }
  }

  private static void requireOverwriting(NodeProto node) {
    String reduction = Attributes.text(node, "reduction", "none");
    if (!reduction.equals("none")) {
      throw ReverseSweep.unsupported(node, "its reduction is " + reduction);
    }
  }

  /** One axis after the other, the last one first. */
  private static void slice(ReverseSweep sweep, NodeProto node, String gradient) {
    String x = node.getInput(0);
    int rank = sweep.rank(x);
    int count = Math.toIntExact(sweep.shape(node.getInput(1))[0]);
    long[] axes =
        sweep.constant(node, 3).map(Tensors::integers).orElse(LongStream.range(0, count).toArray());
    String back = gradient;
    for (int i = count - 1; i >= 0; i--) {
      back = sliced(sweep, node, back, i, ReverseSweep.axis(axes[i], rank));
    }
    sweep.add(x, back);
  }

  private static String sliced(
      ReverseSweep sweep, NodeProto node, String gradient, int which, int axis) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    int rank = sweep.rank(x);
    String size = emit.dim(x, axis);
    String positions = emit.op("Range", emit.whole(0), emit.op("Squeeze", size), emit.whole(1));
    String at = emit.vector(which);
    String start = emit.op("Gather", node.getInput(1), at);
    String end = emit.op("Gather", node.getInput(2), at);
    String read =
        sweep.names(node, 4)
            ? emit.op("Slice", positions, start, end, "", emit.op("Gather", node.getInput(4), at))
            : emit.op("Slice", positions, start, end);
    String rows = emit.transpose(gradient, forward(rank, axis, 1));
    String rest = emit.node("Shape", List.of(rows), Attributes.of("start", 1L));
    String zeros = emit.zeros(emit.join(List.of(size, rest)));
    String index = emit.reshape(read, emit.vector(-1, 1));
    return emit.transpose(emit.op("ScatterND", zeros, index, rows), backward(rank, axis));
  }

  private static AttributeProto added() {
    return Attributes.of("reduction", "add");
  }

  /** Brings {@code count} axes from {@code axis} on to the front. */
  private static long[] forward(int rank, int axis, int count) {
    return LongStream.concat(
            LongStream.range(axis, axis + count),
            LongStream.range(0, rank).filter(i -> i < axis || i >= axis + count))
        .toArray();
  }

  /** Brings the first axis back to where it was. */
  private static long[] backward(int rank, int axis) {
    return IntStream.range(0, rank).mapToLong(i -> i < axis ? i + 1 : i == axis ? 0 : i).toArray();
  }

  private static long[] others(int rank, int axis) {
    return LongStream.range(0, rank).filter(i -> i != axis).toArray();
  }
}
