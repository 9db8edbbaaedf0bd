package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts consecutive segments together as one model: what cutting took apart.
 *
 * <p>Constants and shared weights, which cutting gives to each segment that reads them, are one
 * again; any other name that two segments use is refused.
 */
final class Joining {
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("joined");
  private final Map<String, TensorProto> tensors = new HashMap<>();
  private final Map<String, NodeProto> makers = new HashMap<>();
  private final Map<String, ValueInfoProto> inputs = new LinkedHashMap<>();
  private final Map<String, ValueInfoProto> outputs = new LinkedHashMap<>();
  private @Nullable ModelProto first;
  private String firstName = "";
  private long irVersion;

  void add(String name, ModelProto model) {
    if (first == null) {
      first = model;
      firstName = name;
    } else if (!opsets(first).equals(opsets(model))) {
      throw new IllegalArgumentException(
          "segments '%s' and '%s' are written in the operators of %s and %s; import the model again"
              .formatted(firstName, name, opsets(first), opsets(model)));
    }
    irVersion = Math.max(irVersion, model.getIrVersion());
    GraphProto added = model.getGraph();
    for (TensorProto tensor : added.getInitializerList()) {
      TensorProto known = tensors.putIfAbsent(tensor.getName(), tensor);
      if (known == null) {
        graph.addInitializer(tensor);
      } else if (!known.equals(tensor)) {
        throw twice(name, tensor.getName());
      }
    }
    for (ValueInfoProto input : added.getInputList()) {
      if (!outputs.containsKey(input.getName())) {
        inputs.putIfAbsent(input.getName(), input);
      }
    }
    for (NodeProto node : added.getNodeList()) {
      add(name, node);
    }
    added.getOutputList().forEach(output -> outputs.put(output.getName(), output));
  }

  private void add(String name, NodeProto node) {
    for (String output : node.getOutputList()) {
      NodeProto known = output.isEmpty() ? null : makers.get(output);
      if (known != null && known.equals(node)) {
        return;
      }
      if (known != null || tensors.containsKey(output)) {
        throw twice(name, output);
      }
    }
    node.getOutputList().forEach(output -> makers.put(output, node));
    graph.addNode(node);
  }

  /**
   * The model that answers with {@code wanted}, in the order in which they are made.
   *
   * @throws IllegalArgumentException where no segment gives one of them
   */
  ModelProto joined(Set<String> wanted) {
    if (first == null) {
      throw new IllegalArgumentException("there is no segment to join");
    }
    Set<String> missing = new HashSet<>(wanted);
    missing.removeAll(outputs.keySet());
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("no segment gives " + missing);
    }
    graph.addAllInput(inputs.values());
    outputs.values().stream()
        .filter(output -> wanted.contains(output.getName()))
        .forEach(graph::addOutput);
    prune();
    return first.toBuilder().setIrVersion(irVersion).setGraph(graph).build();
  }

  /** Drops what makes another output that a segment gives besides. */
  private void prune() {
    Set<String> needed = new HashSet<>();
    graph.getOutputList().forEach(output -> needed.add(output.getName()));
    for (int i = graph.getNodeCount() - 1; i >= 0; i--) {
      NodeProto node = graph.getNode(i);
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        Lifting.addReads(node, needed);
      } else {
        graph.removeNode(i);
      }
    }
  }

  private static Set<String> opsets(ModelProto model) {
    Set<String> opsets = new HashSet<>();
    List<OperatorSetIdProto> imports = model.getOpsetImportList();
    imports.stream()
        .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
        .forEach(set -> opsets.add("opset " + set.getVersion()));
    return opsets;
  }

  private static IllegalArgumentException twice(String segment, String value) {
    return new IllegalArgumentException(
        "segment '%s' makes '%s', which a segment before it makes otherwise"
            .formatted(segment, value));
  }
}
