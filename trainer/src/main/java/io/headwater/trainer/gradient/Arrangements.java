package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Gradients of the operators that order, join, part, repeat or frame elements. */
final class Arrangements {
  private Arrangements() {}

  static Map<String, GradientRule> rules() {
    return Map.of(
        "Transpose", Arrangements::transpose,
        "Expand", Arrangements::expand,
        "Concat", Arrangements::concat,
        "Split", Arrangements::split,
        "Tile", Arrangements::tile,
        "Pad", Arrangements::pad,
        "DepthToSpace", Arrangements::depthToSpace,
        "SpaceToDepth", Arrangements::spaceToDepth,
        "CumSum", Arrangements::cumulativeSum,
        "Trilu", Arrangements::triangle);
  }

  private static void transpose(ReverseSweep sweep, NodeProto node, String gradient) {
    int rank = sweep.rank(node.getInput(0));
    long[] reversed = LongStream.range(0, rank).map(i -> rank - 1 - i).toArray();
    long[] permutation = Attributes.integers(node, "perm", reversed);
    long[] inverse = new long[rank];
    for (int i = 0; i < rank; i++) {
      inverse[(int) permutation[i]] = i;
    }
    sweep.add(node.getInput(0), sweep.emit().transpose(gradient, inverse));
  }

  private static void expand(ReverseSweep sweep, NodeProto node, String gradient) {
    sweep.addBroadcast(node.getInput(0), gradient, sweep.outputShape(node));
  }

  private static void concat(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    int axis = ReverseSweep.axis(Attributes.integer(node, "axis", 0), sweep.rank(node.getInput(0)));
    List<String> sizes = node.getInputList().stream().map(x -> emit.dim(x, axis)).toList();
    List<String> parts = emit.split(gradient, emit.join(sizes), sizes.size(), axis);
    for (int i = 0; i < parts.size(); i++) {
      if (sweep.wants(node, i)) {
        sweep.add(node.getInput(i), parts.get(i));
      }
    }
  }

  private static void split(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    List<String> parts = new ArrayList<>(List.of(gradient));
    for (String output : node.getOutputList().subList(1, node.getOutputCount())) {
      parts.add(sweep.gradientOrZeros(output));
    }
    long axis = Attributes.integer(node, "axis", 0);
    sweep.add(node.getInput(0), emit.node("Concat", parts, Attributes.of("axis", axis)));
  }

  /** Parts the gradient into [repeats, dim] along each axis and sums over the repeats. */
  private static void tile(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    int rank = sweep.rank(x);
    String one = emit.vector(1);
    String repeats = emit.op("Unsqueeze", node.getInput(1), one);
    String dims = emit.op("Unsqueeze", emit.shape(x), one);
    String pairs = emit.node("Concat", List.of(repeats, dims), Attributes.of("axis", 1L));
    String parted = emit.reshape(gradient, emit.reshape(pairs, emit.vector(-1)));
    long[] over = LongStream.range(0, rank).map(i -> 2 * i).toArray();
    sweep.add(x, emit.sum(parted, false, over));
  }

  /** The frame is cut off again: padding by less than nothing. */
  private static void pad(ReverseSweep sweep, NodeProto node, String gradient) {
    String mode = Attributes.text(node, "mode", "constant");
    if (!mode.equals("constant")) {
      throw ReverseSweep.unsupported(node, "its mode is " + mode);
    }
    if (sweep.wants(node, 2)) {
      throw ReverseSweep.unsupported(node, "its filling is trained");
    }
    Emitter emit = sweep.emit();
    List<String> inputs = new ArrayList<>(List.of(gradient, emit.neg(node.getInput(1))));
    if (sweep.names(node, 3)) {
      inputs.add("");
      inputs.add(node.getInput(3));
    }
    sweep.add(node.getInput(0), emit.node("Pad", inputs));
  }

  private static void depthToSpace(ReverseSweep sweep, NodeProto node, String gradient) {
    String mode = Attributes.text(node, "mode", "DCR");
    if (!mode.equals("DCR")) {
      throw ReverseSweep.unsupported(node, "its mode is " + mode);
    }
    block(sweep, node, gradient, "SpaceToDepth");
  }

  private static void spaceToDepth(ReverseSweep sweep, NodeProto node, String gradient) {
    block(sweep, node, gradient, "DepthToSpace");
  }

  private static void block(ReverseSweep sweep, NodeProto node, String gradient, String inverse) {
    long size = Attributes.integer(node, "blocksize", 1);
    sweep.add(
        node.getInput(0),
        sweep.emit().node(inverse, List.of(gradient), Attributes.of("blocksize", size)));
  }

  /** Runs the other way. */
  private static void cumulativeSum(ReverseSweep sweep, NodeProto node, String gradient) {
    long reverse = Attributes.integer(node, "reverse", 0);
    sweep.add(
        node.getInput(0),
        sweep
            .emit()
            .node(
                "CumSum",
                List.of(gradient, node.getInput(1)),
                Attributes.of("reverse", 1 - reverse),
                Attributes.of("exclusive", Attributes.integer(node, "exclusive", 0))));
  }

  private static void triangle(ReverseSweep sweep, NodeProto node, String gradient) {
    List<String> inputs = new ArrayList<>(node.getInputList());
    inputs.set(0, gradient);
    long upper = Attributes.integer(node, "upper", 1);
    sweep.add(node.getInput(0), sweep.emit().node("Trilu", inputs, Attributes.of("upper", upper)));
  }
}
