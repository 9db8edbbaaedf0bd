package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Brings a graph into the form that segments are cut from. */
final class Lifting {
  /** Initializers need be no inputs from this version of the format on. */
  static final long IR_VERSION = 4;

  private Lifting() {}

  /**
   * The same graph with other outputs, without the nodes that they don't need, and with each weight
   * an initializer, whether it was one, the value of a Constant node or the fill of a
   * ConstantOfShape. Initializers are no inputs.
   */
  static GraphProto.Builder lift(GraphProto.Builder source, ValueInfoProto... outputs) {
    GraphProto.Builder graph =
        source.clone().clearOutput().addAllOutput(List.of(outputs)).clearQuantizationAnnotation();
    Filling.fill(graph);
    liftConstants(graph);
    Set<String> needed = prune(graph);

    List<TensorProto> initializers =
        kept(graph.getInitializerList(), tensor -> needed.contains(tensor.getName()));
    Set<String> filled =
        initializers.stream().map(TensorProto::getName).collect(Collectors.toSet());
    List<ValueInfoProto> inputs =
        kept(
            graph.getInputList(),
            input -> needed.contains(input.getName()) && !filled.contains(input.getName()));
    List<ValueInfoProto> values =
        kept(graph.getValueInfoList(), value -> needed.contains(value.getName()));
    graph.clearInitializer().addAllInitializer(initializers);
    graph.clearInput().addAllInput(inputs);
    graph.clearValueInfo().addAllValueInfo(values);
    return graph;
  }

  private static void liftConstants(GraphProto.Builder graph) {
    for (int i = graph.getNodeCount() - 1; i >= 0; i--) {
      NodeProto node = graph.getNode(i);
      if (!node.getOpType().equals("Constant")) {
        continue;
      }
      for (AttributeProto attribute : node.getAttributeList()) {
        TensorProto value = tensor(attribute);
        if (Tensors.isWeight(value)) {
          graph.addInitializer(value.toBuilder().setName(node.getOutput(0)));
          graph.removeNode(i);
          break;
        }
      }
    }
  }

  private static TensorProto tensor(AttributeProto attribute) {
    return switch (attribute.getName()) {
      case "value" -> attribute.getT();
      case "value_floats" -> {
        float[] values = new float[attribute.getFloatsCount()];
        for (int i = 0; i < values.length; i++) {
          values[i] = attribute.getFloats(i);
        }
        yield Tensors.floats("", values, values.length);
      }
      default -> TensorProto.getDefaultInstance();
    };
  }

  /** Drops the nodes that no output depends on; returns every name that one does. */
  private static Set<String> prune(GraphProto.Builder graph) {
    Set<String> needed = new HashSet<>();
    graph.getOutputList().forEach(output -> needed.add(output.getName()));
    Deque<NodeProto> kept = new ArrayDeque<>();
    for (int i = graph.getNodeCount() - 1; i >= 0; i--) {
      NodeProto node = graph.getNode(i);
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        kept.addFirst(node);
        needed.addAll(node.getOutputList());
        addReads(node, needed);
      }
    }
    graph.clearNode().addAllNode(kept);
    return needed;
  }

  /** A subgraph may read any outer value, so all names in it count as read. */
  static void addReads(NodeProto node, Set<String> names) {
    names.addAll(node.getInputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      addReads(attribute.getG(), names);
      attribute.getGraphsList().forEach(graph -> addReads(graph, names));
    }
  }

  private static void addReads(GraphProto subgraph, Set<String> names) {
    subgraph.getNodeList().forEach(inner -> addReads(inner, names));
    subgraph.getOutputList().forEach(output -> names.add(output.getName()));
  }

  private static <T> List<T> kept(List<T> items, Predicate<T> keep) {
    return items.stream().filter(keep).collect(Collectors.toList());
  }
}
