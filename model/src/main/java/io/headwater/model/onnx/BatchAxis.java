package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The first axis of a model's inputs and answers, which counts events. */
final class BatchAxis {
  /** Operators that take their scale from the whole batch. */
  private static final Set<String> BATCH_DEPENDENT =
      Set.of(
          "DynamicQuantizeLinear",
          "DynamicQuantizeMatMul",
          "DynamicQuantizeLSTM",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "ConvInteger");

  private BatchAxis() {}

  /** Whether no operator lets one event's answer depend on the others of its batch. */
  static boolean isInvariant(GraphProto graph) {
    return graph.getNodeList().stream()
        .map(NodeProto::getOpType)
        .noneMatch(BATCH_DEPENDENT::contains);
  }

  static boolean isFixedAtOne(GraphProto lifted) {
    return lifted.getInputList().stream().anyMatch(BatchAxis::isFixedAtOne);
  }

  /**
   * The same model with a free batch: inputs of [1, ...] become [batch, ...], and so do the targets
   * of its Reshapes that begin with 1. Whether that is right only a run can tell.
   */
  static ModelProto freed(ModelProto lifted) {
    GraphProto.Builder graph = lifted.getGraph().toBuilder().clearValueInfo();
    Set<String> dynamic = new HashSet<>();
    for (ValueInfoProto.Builder input : graph.getInputBuilderList()) {
      dynamic.add(input.getName());
      if (isFixedAtOne(input.build())) {
        shape(input).setDim(0, TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
      }
    }
    graph
        .getOutputBuilderList()
        .forEach(output -> output.getTypeBuilder().getTensorTypeBuilder().clearShape());
    Map<String, TensorProto> constants = new HashMap<>();
    graph.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
    graph.getNodeList().stream()
        .filter(node -> node.getOpType().equals("Constant") && node.getAttributeCount() == 1)
        .forEach(node -> constants.put(node.getOutput(0), node.getAttribute(0).getT()));
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      boolean moves = Waists.reads(node.build()).stream().anyMatch(dynamic::contains);
      if (moves) {
        dynamic.addAll(node.getOutputList());
      }
      if (moves && node.getOpType().equals("Reshape") && node.getInputCount() == 2) {
        TensorProto target = constants.get(node.getInput(1));
        if (target != null && isShape(target)) {
          long[] dims = Tensors.longValues(target);
          if (dims.length > 1 && dims[0] == 1) {
            dims[0] = hasFreeDim(dims) ? 0 : -1;
            String name = node.getOutput(0) + "/batch-shape";
            graph.addInitializer(Tensors.longs(name, dims));
            node.setInput(1, name);
          }
        }
      }
    }
    return lifted.toBuilder().setGraph(graph).build();
  }

  private static boolean isShape(TensorProto target) {
    return target.getDataType() == TensorProto.DataType.INT64_VALUE && Tensors.hasBytes(target);
  }

  private static boolean hasFreeDim(long[] dims) {
    for (long dim : dims) {
      if (dim == -1) {
        return true;
      }
    }
    return false;
  }

  private static boolean isFixedAtOne(ValueInfoProto input) {
    TensorShapeProto shape = input.getType().getTensorType().getShape();
    return shape.getDimCount() > 0 && shape.getDim(0).getDimValue() == 1;
  }

  private static TensorShapeProto.Builder shape(ValueInfoProto.Builder value) {
    return value.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
  }
}
