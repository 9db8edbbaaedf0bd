package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model cut in two by its trained weights alone: the suffix is every node that a trained weight
 * reaches, and the prefix is what the suffix reads besides.
 *
 * <p>However many segments the trained weights lie in, what the prefix answers depends on none of
 * them, so that it is computed once per example.
 *
 * @param prefix from the model's inputs to the boundary; without outputs where the suffix reads
 *     inputs alone
 * @param suffix from the boundary to the model's outputs
 * @param boundary the values that the suffix reads: inputs of the model, or outputs of the prefix
 */
public record Suffix(ModelProto prefix, ModelProto suffix, List<String> boundary) {
  public Suffix {
    boundary = List.copyOf(boundary);
  }

  /**
   * Cuts a model.
   *
   * @param model in {@linkplain CurrentForm current form}
   * @param shapes of the model's values
   * @param trained initializers
   * @throws GradientException where a name is no initializer, or none reaches an output
   */
  public static Suffix of(ModelProto model, Shapes shapes, Set<String> trained) {
    GraphProto graph = model.getGraph();
    Map<String, TensorProto> initializers = new HashMap<>();
    graph.getInitializerList().forEach(tensor -> initializers.put(tensor.getName(), tensor));
    for (String name : trained) {
      if (!initializers.containsKey(name)) {
        throw new GradientException("'" + name + "' is no weight of the model");
      }
    }
    Set<String> live = new HashSet<>(trained);
    Set<String> constant = new HashSet<>(initializers.keySet());
    List<NodeProto> behind = new ArrayList<>();
    List<NodeProto> before = new ArrayList<>();
    List<NodeProto> constants = new ArrayList<>();
    for (NodeProto node : graph.getNodeList()) {
      if (node.getInputList().stream().anyMatch(live::contains)) {
        live.addAll(node.getOutputList());
        behind.add(node);
      } else if (node.getInputList().stream()
          .allMatch(in -> in.isEmpty() || constant.contains(in))) {
        constant.addAll(node.getOutputList());
        constants.add(node);
      } else {
        before.add(node);
      }
    }
    List<ValueInfoProto> outputs =
        graph.getOutputList().stream().filter(out -> live.contains(out.getName())).toList();
    if (outputs.isEmpty()) {
      throw new GradientException("no trained weight reaches an output of the model");
    }
    Set<String> made = new HashSet<>(constant);
    behind.forEach(node -> made.addAll(node.getOutputList()));
    Set<String> boundary = new LinkedHashSet<>();
    for (NodeProto node : behind) {
      node.getInputList().stream()
          .filter(in -> !in.isEmpty() && !made.contains(in))
          .forEach(boundary::add);
    }
    Map<String, Integer> types = ElementTypes.of(graph);
    Set<String> inputs = new HashSet<>();
    graph.getInputList().forEach(in -> inputs.add(in.getName()));
    List<ValueInfoProto> edge =
        boundary.stream()
            .map(
                name ->
                    Tensors.value(name, types.getOrDefault(name, Tensors.FLOAT), shapes.of(name)))
            .toList();
    List<ValueInfoProto> computed =
        edge.stream().filter(value -> !inputs.contains(value.getName())).toList();
    List<ValueInfoProto> given =
        graph.getInputList().stream()
            .filter(in -> !initializers.containsKey(in.getName()))
            .toList();
    return new Suffix(
        part(model, "prefix", join(constants, before), given, computed, initializers),
        part(model, "suffix", join(constants, behind), edge, outputs, initializers),
        List.copyOf(boundary));
  }

  private static List<NodeProto> join(List<NodeProto> first, List<NodeProto> second) {
    Set<NodeProto> nodes = new LinkedHashSet<>(first);
    nodes.addAll(second);
    return List.copyOf(nodes);
  }

  /** The nodes that the outputs need, with what they read. */
  private static ModelProto part(
      ModelProto model,
      String name,
      List<NodeProto> nodes,
      List<ValueInfoProto> inputs,
      List<ValueInfoProto> outputs,
      Map<String, TensorProto> initializers) {
    Set<String> needed = new LinkedHashSet<>();
    outputs.forEach(output -> needed.add(output.getName()));
    Deque<NodeProto> kept = new ArrayDeque<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (nodes.get(i).getOutputList().stream().anyMatch(needed::contains)) {
        kept.addFirst(nodes.get(i));
        needed.addAll(nodes.get(i).getInputList());
      }
    }
    GraphProto.Builder graph =
        GraphProto.newBuilder().setName(name).addAllOutput(outputs).addAllNode(kept);
    inputs.stream().filter(in -> needed.contains(in.getName())).forEach(graph::addInput);
    for (String value : needed) {
      TensorProto tensor = initializers.get(value);
      if (tensor != null) {
        graph.addInitializer(tensor);
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }
}
