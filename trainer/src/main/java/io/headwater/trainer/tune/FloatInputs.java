package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Set;

/** A graph whose inputs of whole numbers and flags take floats, cast where they come in. */
final class FloatInputs {
  private static final Set<Integer> CAST =
      Set.of(DataType.INT64_VALUE, DataType.INT32_VALUE, DataType.BOOL_VALUE);

  private FloatInputs() {}

  static ModelProto of(ModelProto model) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    List<NodeProto> nodes = List.copyOf(graph.getNodeList());
    graph.clearNode();
    for (int i = 0; i < graph.getInputCount(); i++) {
      ValueInfoProto input = graph.getInput(i);
      int type = input.getType().getTensorType().getElemType();
      if (!CAST.contains(type)) {
        continue;
      }
      String floats = input.getName() + "/float";
      ValueInfoProto.Builder taken = input.toBuilder().setName(floats);
      taken.getTypeBuilder().getTensorTypeBuilder().setElemType(DataType.FLOAT_VALUE);
      graph.setInput(i, taken);
      graph.addNode(
          NodeProto.newBuilder()
              .setOpType("Cast")
              .setName(floats)
              .addInput(floats)
              .addOutput(input.getName())
              .addAttribute(
                  AttributeProto.newBuilder()
                      .setName("to")
                      .setType(AttributeProto.AttributeType.INT)
                      .setI(type)));
    }
    graph.addAllNode(nodes);
    return model.toBuilder().setGraph(graph).build();
  }
}
