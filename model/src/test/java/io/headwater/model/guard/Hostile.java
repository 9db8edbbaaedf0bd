package io.headwater.model.guard;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;

/** Builds files that a scorer must not load, and one that it may. */
final class Hostile {
  private Hostile() {}

  static byte[] harmless() {
    return model(graph(node("Relu", "y", "x")));
  }

  static byte[] model(GraphProto.Builder graph) {
    return builder(graph).build().toByteArray();
  }

  static ModelProto.Builder builder(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18))
        .setGraph(graph);
  }

  /** A graph from x, float [batch, 4], to y. */
  static GraphProto.Builder graph(NodeProto.Builder... nodes) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    for (NodeProto.Builder node : nodes) {
      graph.addNode(node);
    }
    TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder().setElemType(1);
    type.getShapeBuilder().addDimBuilder().setDimParam("batch");
    type.getShapeBuilder().addDimBuilder().setDimValue(4);
    ValueInfoProto.Builder x =
        ValueInfoProto.newBuilder()
            .setName("x")
            .setType(TypeProto.newBuilder().setTensorType(type));
    return graph.addInput(x).addOutput(x.clone().setName("y"));
  }

  static NodeProto.Builder node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .setName(output + "-node")
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  static TensorProto.Builder floats(String name, float... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT_VALUE)
            .addDims(values.length);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor;
  }

  static TensorProto.Builder longs(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.INT64_VALUE)
            .addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    return tensor;
  }

  static TensorProto.Builder scalar(String name, long value) {
    return longs(name, value).clearDims();
  }

  static TensorProto.Builder external(String name) {
    return floats(name)
        .clearDims()
        .addDims(4)
        .setDataLocation(DataLocation.EXTERNAL)
        .addExternalData(
            StringStringEntryProto.newBuilder().setKey("location").setValue("/etc/passwd"));
  }

  static AttributeProto.Builder tensor(String name, TensorProto.Builder tensor) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.TENSOR).setT(tensor);
  }

  static AttributeProto.Builder subgraph(String name, GraphProto.Builder graph) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(graph);
  }

  static AttributeProto.Builder integers(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute;
  }

  static SparseTensorProto.Builder sparse(TensorProto.Builder values) {
    return SparseTensorProto.newBuilder().setValues(values).setIndices(longs("i", 0)).addDims(4);
  }

  /** A file of 122 bytes or so that asks for 4 TiB. */
  static byte[] bomb() {
    return model(
        graph(node("ConstantOfShape", "y", "s")).addInitializer(longs("s", 1 << 20, 1 << 20)));
  }

  /** Subgraphs in subgraphs. */
  static byte[] nested(int levels) {
    GraphProto.Builder inner = graph(node("Relu", "y", "x"));
    for (int i = 0; i < levels; i++) {
      inner = graph(node("If", "y", "x").addAttribute(subgraph("then_branch", inner)));
    }
    return model(inner);
  }

  /** Functions that each call the next one twice. */
  static byte[] laughs(int functions) {
    ModelProto.Builder model = builder(graph(node("f0", "y", "x").setDomain("local")));
    for (int i = 0; i < functions; i++) {
      FunctionProto.Builder function =
          FunctionProto.newBuilder()
              .setName("f" + i)
              .setDomain("local")
              .addInput("a")
              .addOutput("c");
      String callee = i + 1 < functions ? "f" + (i + 1) : "Relu";
      String domain = i + 1 < functions ? "local" : "";
      function.addNode(node(callee, "b", "a").setDomain(domain));
      function.addNode(node(callee, "c", "b").setDomain(domain));
      model.addFunctions(function);
    }
    return model
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("local").setVersion(1))
        .build()
        .toByteArray();
  }

  /** A function whose body is one node. */
  static byte[] function(NodeProto.Builder body) {
    return builder(graph(node("f", "y", "x").setDomain("local")))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("local").setVersion(1))
        .addFunctions(
            FunctionProto.newBuilder()
                .setName("f")
                .setDomain("local")
                .addInput("a")
                .addOutput("b")
                .addNode(body))
        .build()
        .toByteArray();
  }

  static AttributeProto axis(long axis) {
    return AttributeProto.newBuilder().setName("axis").setI(axis).build();
  }
}
