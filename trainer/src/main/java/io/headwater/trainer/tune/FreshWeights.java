package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.headwater.trainer.gradient.Tensors;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Weights to start from scratch with: matrices are normal with variance 1 / fan-in, or 2 / fan-in
 * before a rectifier (He et al., Delving Deep into Rectifiers, 2015); what is added starts at 0 and
 * what is multiplied at 1.
 */
final class FreshWeights {
  private FreshWeights() {}

  /** Fresh values of the head's weights; those of the backbone are left out. */
  static Map<String, float[]> draw(HeadGraph head, long seed) {
    Random random = new Random(seed);
    GraphProto graph = head.model().getGraph();
    Map<String, float[]> fresh = new LinkedHashMap<>();
    Set<String> wanted = new HashSet<>(head.weights().keySet());
    wanted.removeAll(head.backbone());
    for (TensorProto tensor : graph.getInitializerList()) {
      if (wanted.contains(tensor.getName())) {
        fresh.put(tensor.getName(), draw(graph, tensor, random));
      }
    }
    return fresh;
  }

  private static float[] draw(GraphProto graph, TensorProto tensor, Random random) {
    NodeProto reader =
        graph.getNodeList().stream()
            .filter(node -> node.getInputList().contains(tensor.getName()))
            .findFirst()
            .orElseThrow();
    long[] dims = Tensors.dims(tensor);
    float[] values = new float[Tensors.size(dims)];
    boolean matrix = reader.getInputList().indexOf(tensor.getName()) == 1 && dims.length == 2;
    switch (reader.getOpType()) {
      case "Gemm", "MatMul" -> {
        if (matrix) {
          double fanIn = transposed(reader) ? dims[1] : dims[0];
          double deviation = Math.sqrt((feedsRectifier(graph, reader) ? 2 : 1) / fanIn);
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
          }
        }
      }
      case "BatchNormalization" ->
          Arrays.fill(values, reader.getInput(1).equals(tensor.getName()) ? 1 : 0);
      case "Add", "Sub" -> Arrays.fill(values, 0);
      case "Mul", "Div" -> Arrays.fill(values, 1);
      default ->
          throw new IllegalArgumentException(
              "no fresh values are known for weight '%s' of a %s: start warm"
                  .formatted(tensor.getName(), reader.getOpType()));
    }
    return values;
  }

  private static boolean transposed(NodeProto node) {
    return node.getAttributeList().stream()
        .anyMatch(attribute -> attribute.getName().equals("transB") && isSet(attribute));
  }

  private static boolean isSet(AttributeProto attribute) {
    return attribute.getI() != 0;
  }

  private static boolean feedsRectifier(GraphProto graph, NodeProto node) {
    String made = node.getOutput(0);
    List<NodeProto> readers =
        graph.getNodeList().stream().filter(n -> n.getInputList().contains(made)).toList();
    return readers.stream()
        .anyMatch(
            reader ->
                reader.getOpType().equals("Relu")
                    || (reader.getOpType().equals("Add") && feedsRectifier(graph, reader)));
  }
}
