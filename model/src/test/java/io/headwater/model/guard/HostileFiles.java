package io.headwater.model.guard;

import static io.headwater.model.guard.Hostile.axis;
import static io.headwater.model.guard.Hostile.external;
import static io.headwater.model.guard.Hostile.floats;
import static io.headwater.model.guard.Hostile.graph;
import static io.headwater.model.guard.Hostile.integers;
import static io.headwater.model.guard.Hostile.longs;
import static io.headwater.model.guard.Hostile.model;
import static io.headwater.model.guard.Hostile.node;
import static io.headwater.model.guard.Hostile.scalar;
import static io.headwater.model.guard.Hostile.sparse;
import static io.headwater.model.guard.Hostile.subgraph;
import static io.headwater.model.guard.Hostile.tensor;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Files of models that must not be taken. */
final class HostileFiles {
  private HostileFiles() {}

  /** A name, the reason and a part of the message for which it is refused, and its bytes. */
  static Stream<Arguments> all() {
    return Stream.of(
        refused("no bytes", RefusalReason.NOT_A_MODEL, "no graph", new byte[0]),
        refused(
            "text",
            RefusalReason.NOT_A_MODEL,
            "don't parse",
            "not a model at all".getBytes(StandardCharsets.UTF_8)),
        refused(
            "cut short",
            RefusalReason.NOT_A_MODEL,
            "don't parse",
            Arrays.copyOf(Hostile.harmless(), 30)),
        refused(
            "external initializer",
            RefusalReason.EXTERNAL_DATA,
            "'w'",
            model(graph(node("Add", "y", "x", "w")).addInitializer(external("w")))),
        refused(
            "external attribute",
            RefusalReason.EXTERNAL_DATA,
            "'c-node'",
            model(
                graph(
                    node("Constant", "c").addAttribute(tensor("value", external(""))),
                    node("Add", "y", "x", "c")))),
        refused(
            "external list of tensors",
            RefusalReason.EXTERNAL_DATA,
            "'values'",
            model(
                graph(
                    node("Relu", "y", "x")
                        .addAttribute(
                            AttributeProto.newBuilder()
                                .setName("values")
                                .addTensors(external("t")))))),
        refused(
            "external function",
            RefusalReason.EXTERNAL_DATA,
            "function 'f'",
            Hostile.function(node("Constant", "b").addAttribute(tensor("value", external("t"))))),
        refused(
            "external sparse attribute",
            RefusalReason.EXTERNAL_DATA,
            "'sparse_value'",
            model(
                graph(
                    node("Constant", "y")
                        .addAttribute(
                            AttributeProto.newBuilder()
                                .setName("sparse_value")
                                .setSparseTensor(sparse(external("v"))))))),
        refused(
            "sparse initializer",
            RefusalReason.SPARSE,
            "'v'",
            model(graph(node("Relu", "y", "x")).addSparseInitializer(sparse(floats("v", 1))))),
        refused(
            "operator that reads a file",
            RefusalReason.OPERATOR,
            "com.microsoft:EPContext",
            model(graph(node("EPContext", "y", "x").setDomain("com.microsoft")))),
        refused(
            "operator of nobody's",
            RefusalReason.OPERATOR,
            "'y-node'",
            model(graph(node("Evil", "y", "x")))),
        refused(
            "operator in a function",
            RefusalReason.OPERATOR,
            "evil:Relu",
            Hostile.function(node("Relu", "b", "a").setDomain("evil"))),
        refused(
            "loop", RefusalReason.CONTROL_FLOW, "'y-node'", model(graph(node("Loop", "y", "x")))),
        refused(
            "subgraph of another operator",
            RefusalReason.CONTROL_FLOW,
            "'body'",
            model(
                graph(
                    node("Relu", "y", "x")
                        .addAttribute(subgraph("body", graph(node("Relu", "y", "x"))))))),
        refused("bomb", RefusalReason.BOMB, "'y-node' (ConstantOfShape)", Hostile.bomb()),
        refused(
            "bomb in a function",
            RefusalReason.BOMB,
            "'b-node'",
            Hostile.function(
                node("RandomNormal", "b").addAttribute(integers("shape", 1 << 20, 1 << 20)))),
        refused(
            "computed shape",
            RefusalReason.BOMB,
            "'y-node'",
            model(
                graph(
                        node("Mul", "m", "s", "s"),
                        node("Concat", "c", "m", "m").addAttribute(axis(0)),
                        node("ConstantOfShape", "y", "c"))
                    .addInitializer(longs("s", 1 << 12)))),
        refused(
            "shape that can't be told",
            RefusalReason.BOMB,
            "constants don't tell",
            model(
                graph(node("CumSum", "c", "s", "zero"), node("ConstantOfShape", "y", "c"))
                    .addInitializer(longs("s", 1 << 20, 1 << 20))
                    .addInitializer(scalar("zero", 0)))),
        refused(
            "expand",
            RefusalReason.BOMB,
            "'y-node'",
            model(graph(node("Expand", "y", "x", "s")).addInitializer(longs("s", 1L << 40, 1, 1)))),
        refused(
            "tile",
            RefusalReason.BOMB,
            "'y-node'",
            model(graph(node("Tile", "y", "x", "s")).addInitializer(longs("s", 1, 1L << 40)))),
        refused(
            "range",
            RefusalReason.BOMB,
            "'y-node'",
            model(
                graph(node("Range", "y", "zero", "most", "one"))
                    .addInitializer(scalar("zero", 0))
                    .addInitializer(scalar("most", 1L << 40))
                    .addInitializer(scalar("one", 1)))),
        refused(
            "pad",
            RefusalReason.BOMB,
            "'y-node'",
            model(
                graph(node("Pad", "y", "x", "s"))
                    .addInitializer(longs("s", 1 << 20, 0, 0, 1 << 20)))),
        refused(
            "resize",
            RefusalReason.BOMB,
            "'y-node'",
            model(
                graph(node("Resize", "y", "x", "", "s")).addInitializer(floats("s", 1e6f, 1e6f)))),
        refused(
            "one-hot",
            RefusalReason.BOMB,
            "'y-node'",
            model(
                graph(node("OneHot", "y", "x", "depth", "v"))
                    .addInitializer(scalar("depth", 1L << 40))
                    .addInitializer(longs("v", 0, 1)))),
        refused("doubling", RefusalReason.BOMB, "Concat", model(doubling(40))),
        refused(
            "outer sum",
            RefusalReason.BOMB,
            "'y-node'",
            model(
                graph(node("Transpose", "t", "w"), node("Add", "y", "t", "w"))
                    .addInitializer(zeros("w", 1, 20_000)))),
        refused("many large constants", RefusalReason.BOMB, "constants alone", model(constants())),
        refused(
            "convolution of padding",
            RefusalReason.BOMB,
            "'y-node'",
            model(
                graph(
                    node("MaxPool", "y", "x")
                        .addAttribute(integers("kernel_shape", 1, 1))
                        .addAttribute(integers("pads", 1 << 20, 1 << 20, 1 << 20, 1 << 20))))),
        refused(
            "overflow of dims",
            RefusalReason.TENSOR_SIZE,
            "overflows",
            weight(floats("w", 1).clearDims().addDims(1L << 33).addDims(1L << 33))),
        refused(
            "overflow of dims beside a zero",
            RefusalReason.TENSOR_SIZE,
            "overflows",
            weight(floats("w").clearDims().addDims(0).addDims(1L << 33).addDims(1L << 33))),
        refused(
            "negative dim",
            RefusalReason.TENSOR_SIZE,
            "'w'",
            weight(floats("w", 1).clearDims().addDims(-1))),
        refused(
            "fewer values than dims",
            RefusalReason.TENSOR_SIZE,
            "ask for 1000000",
            weight(floats("w", 1).clearDims().addDims(1_000_000))),
        refused(
            "more bytes than dims",
            RefusalReason.TENSOR_SIZE,
            "'w' has 12 bytes",
            weight(
                floats("w").clearDims().addDims(2).setRawData(ByteString.copyFrom(new byte[12])))),
        refused(
            "unknown type",
            RefusalReason.TENSOR_SIZE,
            "type 77",
            weight(floats("w", 1).setDataType(77))),
        refused("depth", RefusalReason.TOO_DEEP, "deeper than 32", Hostile.nested(20)),
        refused("functions of functions", RefusalReason.TOO_LARGE, "expanded", Hostile.laughs(30)),
        refused(
            "function that calls itself",
            RefusalReason.TOO_DEEP,
            "call themselves",
            Hostile.function(node("f", "b", "a").setDomain("local"))),
        refused("empty nodes by the million", RefusalReason.TOO_LARGE, "20000 nodes", empties(1)),
        refused(
            "empty tensors by the million", RefusalReason.TOO_LARGE, "50000 tensors", empties(5)),
        refused("unknown fields by the million", RefusalReason.TOO_LARGE, "parts", empties(99)),
        refused(
            "long name",
            RefusalReason.TOO_LARGE,
            "name of",
            model(graph(node("Relu", "y".repeat(10_000), "x")))),
        refused(
            "two initializers of one name",
            RefusalReason.NAME,
            "'w'",
            model(
                graph(node("Add", "y", "x", "w"))
                    .addInitializer(floats("w", 1))
                    .addInitializer(floats("w", 2)))),
        refused(
            "two nodes that give one value",
            RefusalReason.NAME,
            "'y'",
            model(graph(node("Relu", "y", "x"), node("Abs", "y", "x")))),
        refused(
            "opset of the future",
            RefusalReason.VERSION,
            "version 99",
            Hostile.builder(graph(node("Relu", "y", "x")))
                .clearOpsetImport()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(99))
                .build()
                .toByteArray()),
        refused(
            "format of the future",
            RefusalReason.VERSION,
            "IR version 99",
            Hostile.builder(graph(node("Relu", "y", "x"))).setIrVersion(99).build().toByteArray()),
        refused(
            "NaN",
            RefusalReason.NOT_FINITE,
            "'w' is not a number at element 1",
            weight(floats("w", 1, Float.NaN))),
        refused(
            "infinity",
            RefusalReason.NOT_FINITE,
            "'w' is infinite at element 2",
            weight(floats("w", 1, 2, Float.POSITIVE_INFINITY))),
        refused(
            "NaN in raw half precision",
            RefusalReason.NOT_FINITE,
            "element 1",
            weight(raw(DataType.FLOAT16, 2, 0, 0, 1, 0x7e))),
        refused(
            "infinity in raw bfloat16",
            RefusalReason.NOT_FINITE,
            "element 0",
            weight(raw(DataType.BFLOAT16, 2, 0x80, 0x7f, 0, 0))),
        refused(
            "NaN in raw double",
            RefusalReason.NOT_FINITE,
            "element 0",
            weight(raw(DataType.DOUBLE, 1, 1, 0, 0, 0, 0, 0, 0xf0, 0xff))),
        refused(
            "NaN attribute",
            RefusalReason.NOT_FINITE,
            "'alpha'",
            model(
                graph(
                    node("Elu", "y", "x")
                        .addAttribute(
                            AttributeProto.newBuilder().setName("alpha").setF(Float.NaN))))));
  }

  private static Arguments refused(
      String what, RefusalReason reason, String message, byte[] bytes) {
    return arguments(what, reason, message, bytes);
  }

  private static byte[] weight(TensorProto.Builder tensor) {
    return model(graph(node("Add", "y", "x", "w")).addInitializer(tensor));
  }

  private static TensorProto.Builder raw(DataType type, long dim, int... bytes) {
    byte[] values = new byte[bytes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) bytes[i];
    }
    return TensorProto.newBuilder()
        .setName("w")
        .setDataType(type.getNumber())
        .addDims(dim)
        .setRawData(ByteString.copyFrom(values));
  }

  private static TensorProto.Builder zeros(String name, int rows, int columns) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(DataType.UINT8.getNumber())
        .addDims(rows)
        .addDims(columns)
        .setRawData(ByteString.copyFrom(new byte[rows * columns]));
  }

  private static GraphProto.Builder doubling(int times) {
    NodeProto.Builder[] nodes = new NodeProto.Builder[times];
    for (int i = 0; i < times; i++) {
      String input = i == 0 ? "w" : "v" + (i - 1);
      nodes[i] = node("Concat", "v" + i, input, input).addAttribute(axis(0));
    }
    return graph(nodes).addInitializer(zeros("w", 1000, 1));
  }

  private static GraphProto.Builder constants() {
    NodeProto.Builder[] nodes = new NodeProto.Builder[1000];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = node("ConstantOfShape", "v" + i, "s");
    }
    return graph(nodes).addInitializer(longs("s", 1 << 26));
  }

  /** A graph of empty fields, two bytes each. */
  private static byte[] empties(int field) {
    byte[] tag =
        field < 16 ? new byte[] {(byte) ((field << 3) | 2), 0} : new byte[] {(byte) 0x9a, 6, 0};
    ByteString.Output out = ByteString.newOutput();
    for (int i = 0; i < 3_000_000; i++) {
      out.write(tag, 0, tag.length);
    }
    ByteString fields = out.toByteString();
    return ByteString.copyFrom(new byte[] {(7 << 3) | 2})
        .concat(length(fields.size()))
        .concat(fields)
        .toByteArray();
  }

  private static ByteString length(int size) {
    ByteString.Output out = ByteString.newOutput();
    int rest = size;
    for (; rest > 127; rest >>>= 7) {
      out.write((rest & 127) | 128);
    }
    out.write(rest);
    return out.toByteString();
  }
}
