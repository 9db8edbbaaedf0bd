package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Nodes and constants to be added to a graph, in its opset's current forms; every method returns
 * the name of the value it made, which no value of the graph has.
 */
public final class Emitter {
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, TensorProto> constants = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();
  private int next;

  Emitter(GraphProto graph) {
    graph.getInputList().forEach(input -> taken.add(input.getName()));
    graph.getInitializerList().forEach(constant -> taken.add(constant.getName()));
    graph.getNodeList().forEach(node -> taken.addAll(node.getOutputList()));
  }

  List<NodeProto> nodes() {
    return nodes;
  }

  Iterable<TensorProto> constants() {
    return constants.values();
  }

  /** A name that nothing has yet, close to the one wished for. */
  String fresh(String wish) {
    String name = wish;
    while (!taken.add(name)) {
      name = wish + "_" + next++;
    }
    return name;
  }

  /** Adds a node as it is, whose outputs the graph already names. */
  void take(NodeProto node) {
    nodes.add(node);
  }

  String op(String type, String... inputs) {
    return node(type, List.of(inputs));
  }

  String node(String type, List<String> inputs, AttributeProto... attributes) {
    return named(fresh("gradient/" + next++ + "/" + type), type, inputs, attributes);
  }

  String named(String output, String type, List<String> inputs, AttributeProto... attributes) {
    nodes.add(
        NodeProto.newBuilder()
            .setName(output)
            .setOpType(type)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(attributes))
            .build());
    return output;
  }

  /** A float32 scalar. */
  String scalar(float value) {
    return constants
        .computeIfAbsent(
            "scalar " + Float.floatToIntBits(value),
            key -> Tensors.of(fresh("gradient/" + value), new float[] {value}))
        .getName();
  }

  /** A float32 tensor. */
  String constant(float[] values, long... dims) {
    String name = fresh("gradient/constant" + next++);
    constants.put("tensor " + name, Tensors.of(name, values, dims));
    return name;
  }

  /** An int64 scalar. */
  String whole(long value) {
    return constants
        .computeIfAbsent(
            "whole " + value,
            key -> Tensors.of(fresh("gradient/whole" + next++), new long[] {value}))
        .getName();
  }

  /** An int64 vector. */
  String vector(long... values) {
    return constants
        .computeIfAbsent(
            "vector " + Arrays.toString(values),
            key -> Tensors.of(fresh("gradient/vector" + next++), values, values.length))
        .getName();
  }

  String add(String a, String b) {
    return op("Add", a, b);
  }

  String sub(String a, String b) {
    return op("Sub", a, b);
  }

  String mul(String a, String b) {
    return op("Mul", a, b);
  }

  String div(String a, String b) {
    return op("Div", a, b);
  }

  String neg(String a) {
    return op("Neg", a);
  }

  /** {@code a} where the condition holds, else 0. */
  String onlyWhere(String condition, String a) {
    return op("Where", condition, a, scalar(0));
  }

  String sum(String a, boolean keepDims, long... axes) {
    return node(
        "ReduceSum", List.of(a, vector(axes)), Attributes.of("keepdims", keepDims ? 1L : 0L));
  }

  /** The mean over axes, which stay as ones. */
  String mean(String a, long... axes) {
    return op("ReduceMean", a, vector(axes));
  }

  /** The run-time size of one axis, as an int64 vector of one element. */
  String dim(String a, int axis) {
    return node(
        "Shape", List.of(a), Attributes.of("start", (long) axis), Attributes.of("end", axis + 1L));
  }

  /** Vectors one behind the other. */
  String join(List<String> vectors) {
    return vectors.size() == 1
        ? vectors.get(0)
        : node("Concat", vectors, Attributes.of("axis", 0L));
  }

  /** Float32 zeros of a shape. */
  String zeros(String shape) {
    return op("ConstantOfShape", shape);
  }

  /** A value cut along an axis into parts of the given sizes. */
  List<String> split(String a, String sizes, int parts, long axis) {
    return outputs("Split", parts, List.of(a, sizes), Attributes.of("axis", axis));
  }

  /** A node of several outputs. */
  List<String> outputs(String type, int count, List<String> inputs, AttributeProto... attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(type)
            .addAllInput(inputs)
            .addAllAttribute(List.of(attributes));
    for (int i = 0; i < count; i++) {
      node.addOutput(fresh("gradient/" + next++ + "/" + type));
    }
    nodes.add(node.setName(node.getOutput(0)).build());
    return node.getOutputList();
  }

  /** The run-time shape of a value, as an int64 vector. */
  String shape(String a) {
    return op("Shape", a);
  }

  String reshape(String a, String shape) {
    return op("Reshape", a, shape);
  }

  String transpose(String a, long... permutation) {
    boolean moves = false;
    for (int i = 0; i < permutation.length; i++) {
      moves |= permutation[i] != i;
    }
    if (!moves) {
      return a;
    }
    return node("Transpose", List.of(a), Attributes.of("perm", permutation));
  }

  /** An integer value as int64. */
  String toLong(String a) {
    return node("Cast", List.of(a), Attributes.of("to", (long) Tensors.INT64));
  }

  /** An integer or boolean value as float32. */
  String toFloat(String a) {
    return node("Cast", List.of(a), Attributes.of("to", (long) Tensors.FLOAT));
  }
}
