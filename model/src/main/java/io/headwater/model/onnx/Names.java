package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProtoOrBuilder;
import java.util.HashSet;
import java.util.Set;

/** Names for values that are added to a graph. */
final class Names {
  private Names() {}

  /** {@code name}, or the first of its variants with which no value's name begins. */
  static String unused(String name, GraphProtoOrBuilder graph) {
    Set<String> taken = new HashSet<>();
    graph.getInputList().forEach(input -> taken.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> taken.add(tensor.getName()));
    graph.getNodeList().forEach(node -> taken.addAll(node.getOutputList()));
    String variant = name;
    for (int i = 2; begins(taken, variant); i++) {
      variant = name + i;
    }
    return variant;
  }

  /** A free axis of a value, which no other value shares. */
  static String axis(String value, int index) {
    return value + "#" + index;
  }

  private static boolean begins(Set<String> taken, String name) {
    return taken.contains(name) || taken.stream().anyMatch(other -> other.startsWith(name + "."));
  }
}
