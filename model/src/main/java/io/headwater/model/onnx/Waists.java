package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The narrow waists of a graph in the order of its nodes: positions that one activation alone
 * crosses.
 *
 * <p>An activation is a value that depends on an input and on a weight; masks and shapes, which
 * depend on inputs alone, may cross as well, and so may the inputs. A residual connection or the
 * branches of a block keep several activations open, so a block lies between two waists. Each waist
 * returned stands before a matrix or kernel; what follows one up to the next (biases,
 * normalisations, activation functions) stays with it.
 */
final class Waists {
  /** Their answers tell sizes, which weights have no part in. */
  private static final Set<String> SIZES = Set.of("Shape", "Size");

  /** Types of tables of positions and shapes, which no training made. */
  private static final Set<Integer> INDICES =
      Set.of(DataType.INT64_VALUE, DataType.INT32_VALUE, DataType.BOOL_VALUE);

  /**
   * A place to cut.
   *
   * @param value the activation that crosses
   * @param node index of the first node behind it
   */
  record Waist(String value, int node) {}

  private final GraphProto.Builder graph;
  private final Map<String, Integer> lastRead = new HashMap<>();
  private final Set<String> dynamic = new HashSet<>();

  /** Values that depend on a weight, with the highest rank of those. */
  private final Map<String, Integer> learnt = new HashMap<>();

  private final Set<String> open = new LinkedHashSet<>();
  private final Map<String, Set<String>> beside = new HashMap<>();
  private final Map<String, Integer> alone = new HashMap<>();
  private final List<Waist> found = new ArrayList<>();

  private Waists(GraphProto.Builder graph) {
    this.graph = graph;
    for (ValueInfoProto input : graph.getInputList()) {
      dynamic.add(input.getName());
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      if (Tensors.isWeight(tensor) && !INDICES.contains(tensor.getDataType())) {
        learnt.put(tensor.getName(), tensor.getDimsCount());
      }
    }
    for (int i = 0; i < graph.getNodeCount(); i++) {
      for (String read : reads(graph.getNode(i))) {
        lastRead.put(read, i);
      }
    }
  }

  /** Those before a matrix or kernel, input side first, the graph's own start apart. */
  static List<Waist> of(GraphProto.Builder lifted) {
    Waists waists = new Waists(lifted);
    waists.sweep();
    return waists.found;
  }

  /**
   * Waists at chosen values.
   *
   * @throws IllegalArgumentException naming the value that is no waist, and what crosses beside it
   */
  static List<Waist> at(GraphProto.Builder lifted, List<String> values) {
    Waists waists = new Waists(lifted);
    waists.sweep();
    List<Waist> chosen = new ArrayList<>();
    for (String value : values) {
      Set<String> others = waists.beside.get(value);
      Integer position = waists.alone.get(value);
      if (others == null) {
        throw new IllegalArgumentException(
            "no activation is called '%s'; those before each block are %s"
                .formatted(value, waists.found.stream().map(Waist::value).toList()));
      }
      if (position == null) {
        throw new IllegalArgumentException(
            "'%s' is no place to cut: %s cross it as well".formatted(value, others));
      }
      chosen.add(new Waist(value, position));
    }
    chosen.sort((one, other) -> Integer.compare(one.node(), other.node()));
    return chosen;
  }

  private void sweep() {
    boolean matrixSinceCut = false;
    boolean matrixSinceWaist = false;
    Waist waist = null;
    for (int i = 0; i < graph.getNodeCount(); i++) {
      int at = i;
      NodeProto node = graph.getNode(i);
      Set<String> reads = reads(node);
      boolean moves = reads.stream().anyMatch(dynamic::contains);
      int rank = reads.stream().mapToInt(read -> learnt.getOrDefault(read, -1)).max().orElse(-1);
      boolean fromConstant =
          reads.stream().anyMatch(r -> !dynamic.contains(r) && learnt.getOrDefault(r, -1) > 1);
      matrixSinceWaist |= moves && fromConstant;
      for (String output : node.getOutputList()) {
        if (output.isEmpty()) {
          continue;
        }
        if (moves) {
          dynamic.add(output);
        }
        if (rank >= 0 && !SIZES.contains(node.getOpType())) {
          learnt.put(output, rank);
          if (moves && lastRead.containsKey(output)) {
            open.add(output);
          }
        }
      }
      open.removeIf(value -> lastRead.getOrDefault(value, -1) <= at);
      for (String output : node.getOutputList()) {
        if (open.contains(output)) {
          Set<String> others = new LinkedHashSet<>(open);
          others.remove(output);
          beside.put(output, others);
        }
      }
      if (open.size() == 1 || i == graph.getNodeCount() - 1) {
        if (matrixSinceWaist) {
          if (matrixSinceCut && waist != null) {
            found.add(waist);
          }
          matrixSinceCut = true;
        }
        matrixSinceWaist = false;
        if (!open.isEmpty()) {
          waist = new Waist(open.iterator().next(), i + 1);
          alone.putIfAbsent(waist.value(), waist.node());
        }
      }
    }
  }

  static Set<String> reads(NodeProto node) {
    Set<String> reads = new LinkedHashSet<>();
    Lifting.addReads(node, reads);
    reads.remove("");
    return reads;
  }
}
