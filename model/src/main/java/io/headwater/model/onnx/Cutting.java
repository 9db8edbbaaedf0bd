package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A graph taken apart at waists into consecutive ones.
 *
 * <p>What depends on no input (constants, and what is computed from constants alone) belongs to
 * every piece that reads it; a weight that several pieces read is in each of them.
 */
final class Cutting {
  private final ModelProto model;
  private final Map<String, TensorProto> tensors = new HashMap<>();
  private final Map<String, ValueInfoProto> inputs = new LinkedHashMap<>();
  private final Map<String, NodeProto> constants = new HashMap<>();

  /** The nodes of each piece, in order. */
  private final List<List<NodeProto>> pieces = new ArrayList<>();

  private final List<String> waists;

  private Cutting(ModelProto lifted, List<Waists.Waist> cuts) {
    model = lifted;
    waists = cuts.stream().map(Waists.Waist::value).toList();
    GraphProto graph = lifted.getGraph();
    graph.getInitializerList().forEach(tensor -> tensors.put(tensor.getName(), tensor));
    graph.getInputList().forEach(input -> inputs.put(input.getName(), input));
    Set<String> dynamic = new HashSet<>(inputs.keySet());
    int piece = 0;
    pieces.add(new ArrayList<>());
    for (int i = 0; i < graph.getNodeCount(); i++) {
      while (piece < cuts.size() && cuts.get(piece).node() <= i) {
        piece++;
        pieces.add(new ArrayList<>());
      }
      NodeProto node = graph.getNode(i);
      if (Waists.reads(node).stream().anyMatch(dynamic::contains)) {
        dynamic.addAll(node.getOutputList());
        pieces.get(piece).add(node);
      } else {
        node.getOutputList().forEach(output -> constants.put(output, node));
      }
    }
    pieces.removeIf(List::isEmpty);
    if (pieces.isEmpty()) {
      throw new IllegalArgumentException("the model's answer depends on none of its inputs");
    }
  }

  static Cutting of(ModelProto lifted, List<Waists.Waist> cuts) {
    return new Cutting(lifted, cuts);
  }

  /** Every value that one piece gives to another. */
  Set<String> crossing() {
    Set<String> crossing = new LinkedHashSet<>();
    for (int i = 0; i < pieces.size(); i++) {
      crossing.addAll(outputs(i));
    }
    return crossing;
  }

  /** Weights that more than one piece reads. */
  Set<String> shared() {
    Set<String> seen = new HashSet<>();
    Set<String> shared = new TreeSet<>();
    for (List<NodeProto> piece : pieces) {
      for (String read : withConstants(piece).reads()) {
        TensorProto tensor = tensors.get(read);
        if (tensor != null && Tensors.isWeight(tensor) && !seen.add(read)) {
          shared.add(read);
        }
      }
    }
    return shared;
  }

  /**
   * The pieces as models of their own.
   *
   * @param values name, type and dims of what crosses
   */
  List<ModelProto> models(Function<String, ValueInfoProto> values) {
    List<ModelProto> models = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      models.add(model(i, values));
    }
    return models;
  }

  private ModelProto model(int index, Function<String, ValueInfoProto> values) {
    Closure closure = withConstants(pieces.get(index));
    GraphProto.Builder graph = GraphProto.newBuilder().setName(model.getGraph().getName());
    graph.addAllNode(closure.constants()).addAllNode(pieces.get(index));
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (closure.reads().contains(tensor.getName())) {
        graph.addInitializer(tensor);
      }
    }
    Set<String> earlier = new LinkedHashSet<>();
    for (int i = 0; i < index; i++) {
      pieces.get(i).forEach(node -> earlier.addAll(node.getOutputList()));
    }
    earlier.retainAll(closure.reads());
    waistsFirst(earlier).forEach(name -> graph.addInput(values.apply(name)));
    inputs.forEach(
        (name, input) -> {
          if (closure.reads().contains(name)) {
            graph.addInput(input);
          }
        });
    outputs(index).forEach(name -> graph.addOutput(values.apply(name)));
    return model.toBuilder().setGraph(graph).build();
  }

  private List<String> outputs(int index) {
    Set<String> later = new HashSet<>();
    model.getGraph().getOutputList().forEach(output -> later.add(output.getName()));
    for (int i = index + 1; i < pieces.size(); i++) {
      pieces.get(i).forEach(node -> later.addAll(Waists.reads(node)));
    }
    Set<String> made = new LinkedHashSet<>();
    pieces.get(index).forEach(node -> made.addAll(node.getOutputList()));
    made.retainAll(later);
    return waistsFirst(made);
  }

  private List<String> waistsFirst(Set<String> names) {
    List<String> sorted = new ArrayList<>(names);
    sorted.sort((one, other) -> Boolean.compare(waists.contains(other), waists.contains(one)));
    return sorted;
  }

  private record Closure(List<NodeProto> constants, Set<String> reads) {}

  /** What a piece reads, and the nodes that make its constants, in the graph's order. */
  private Closure withConstants(List<NodeProto> piece) {
    Set<String> reads = new HashSet<>();
    piece.forEach(node -> reads.addAll(Waists.reads(node)));
    List<NodeProto> needed = new ArrayList<>();
    List<NodeProto> all = model.getGraph().getNodeList();
    for (int i = all.size() - 1; i >= 0; i--) {
      NodeProto node = all.get(i);
      boolean constant = node.getOutputList().stream().anyMatch(constants::containsKey);
      if (constant && node.getOutputList().stream().anyMatch(reads::contains)) {
        needed.add(0, node);
        reads.addAll(Waists.reads(node));
      }
    }
    return new Closure(needed, reads);
  }
}
