package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Map;

/** Gradients of the matrix products. */
final class MatrixProducts {
  private MatrixProducts() {}

  static Map<String, GradientRule> rules() {
    return Map.of("MatMul", MatrixProducts::matMul, "Gemm", MatrixProducts::gemm);
  }

  private static void matMul(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String a = node.getInput(0);
    String b = node.getInput(1);
    int rankA = sweep.rank(a);
    int rankB = sweep.rank(b);
    if (rankA < 2 || rankB < 2) {
      throw ReverseSweep.unsupported(node, "an input of it is a vector");
    }
    int rank = sweep.outputShape(node).length;
    if (sweep.wants(node, 0)) {
      long[] broadcast = sweep.outputShape(node);
      broadcast[rank - 1] = sweep.shape(b)[rankB - 2];
      sweep.addBroadcast(a, emit.op("MatMul", gradient, transposed(emit, b, rankB)), broadcast);
    }
    if (!sweep.wants(node, 1)) {
      return;
    }
    if (rankB == 2) {
      long[] shape = sweep.shape(b);
      String rows = rankA == 2 ? a : emit.reshape(a, emit.vector(-1, shape[0]));
      String gradients = rank == 2 ? gradient : emit.reshape(gradient, emit.vector(-1, shape[1]));
      sweep.add(b, emit.node("Gemm", List.of(rows, gradients), Attributes.of("transA", 1L)));
    } else {
      long[] broadcast = sweep.outputShape(node);
      broadcast[rank - 2] = sweep.shape(a)[rankA - 1];
      sweep.addBroadcast(b, emit.op("MatMul", transposed(emit, a, rankA), gradient), broadcast);
    }
  }

  /** Swaps the last two axes. */
  private static String transposed(Emitter emit, String value, int rank) {
    long[] permutation = new long[rank];
    for (int i = 0; i < rank; i++) {
      permutation[i] = i;
    }
    permutation[rank - 1] = rank - 2L;
    permutation[rank - 2] = rank - 1L;
    return emit.transpose(value, permutation);
  }

  /** Y = alpha A' B' + beta C, where A' is A or its transpose, and B' likewise. */
  private static void gemm(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    boolean transA = Attributes.integer(node, "transA", 0) != 0;
    boolean transB = Attributes.integer(node, "transB", 0) != 0;
    float alpha = Attributes.real(node, "alpha", 1);
    float beta = Attributes.real(node, "beta", 1);
    String a = node.getInput(0);
    String b = node.getInput(1);
    if (sweep.wants(node, 0)) {
      sweep.add(
          a,
          transA
              ? product(emit, b, transB, gradient, true, alpha)
              : product(emit, gradient, false, b, !transB, alpha));
    }
    if (sweep.wants(node, 1)) {
      sweep.add(
          b,
          transB
              ? product(emit, gradient, true, a, transA, alpha)
              : product(emit, a, !transA, gradient, false, alpha));
    }
    if (sweep.wants(node, 2)) {
      String part = beta == 1 ? gradient : emit.mul(gradient, emit.scalar(beta));
      sweep.addBroadcast(node.getInput(2), part, sweep.outputShape(node));
    }
  }

  private static String product(
      Emitter emit, String a, boolean transA, String b, boolean transB, float alpha) {
    return emit.node(
        "Gemm",
        List.of(a, b),
        Attributes.of("transA", transA ? 1L : 0L),
        Attributes.of("transB", transB ? 1L : 0L),
        Attributes.of("alpha", alpha));
  }
}
