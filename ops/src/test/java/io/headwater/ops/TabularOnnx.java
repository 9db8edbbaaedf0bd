package io.headwater.ops;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Random;

/** ONNX files of small networks over rows of numbers, as a data scientist would bring them. */
public final class TabularOnnx {
  private static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;

  private TabularOnnx() {}

  /**
   * A network with one input "x" [batch, widths[0]] and a Gemm and Relu for each further width.
   *
   * @return the bytes of the file; it answers with "features" [batch, last width]
   */
  public static byte[] layers(long seed, int... widths) {
    Random random = new Random(seed);
    GraphProto.Builder graph =
        GraphProto.newBuilder().setName("table").addInput(rows("x", widths[0]));
    String last = "x";
    for (int i = 1; i < widths.length; i++) {
      String answer = i == widths.length - 1 ? "features" : "layer" + i;
      graph
          .addInitializer(weight("w" + i, random, widths[i - 1], widths[i]))
          .addInitializer(weight("b" + i, random, widths[i]))
          .addNode(node("Gemm", "sum" + i, last, "w" + i, "b" + i))
          .addNode(node("Relu", answer, "sum" + i));
      last = answer;
    }
    graph.addOutput(rows(last, widths[widths.length - 1]));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static NodeProto node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .addAllAttribute(
            type.equals("Gemm")
                ? List.of(
                    AttributeProto.newBuilder()
                        .setName("alpha")
                        .setType(AttributeProto.AttributeType.FLOAT)
                        .setF(1)
                        .build())
                : List.of())
        .build();
  }

  private static TensorProto weight(String name, Random random, int... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
    int size = 1;
    for (int dim : dims) {
      tensor.addDims(dim);
      size *= dim;
    }
    for (int i = 0; i < size; i++) {
      tensor.addFloatData((float) (random.nextGaussian() / Math.sqrt(dims[0])));
    }
    return tensor.build();
  }

  private static ValueInfoProto rows(String name, int width) {
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(FLOAT);
    tensor.getShapeBuilder().addDimBuilder().setDimParam("batch");
    tensor.getShapeBuilder().addDimBuilder().setDimValue(width);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
