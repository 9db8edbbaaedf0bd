package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.headwater.trainer.gradient.Tensors;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The initializers that training may change: float tensors that a node reads, except the statistics
 * of normalisations, and lone numbers such as an epsilon unless they are a layer's weight or bias.
 */
public final class TrainableWeights {
  private static final Set<String> LAYERS = Set.of("Conv", "ConvTranspose", "Gemm", "MatMul");

  private TrainableWeights() {}

  /** The weights of a graph by name, in the order in which the graph lists them. */
  public static Map<String, TensorProto> of(GraphProto graph) {
    Set<String> read = new HashSet<>();
    Set<String> layers = new HashSet<>();
    Set<String> products = new HashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      read.addAll(node.getInputList());
      boolean biased =
          node.getOpType().equals("Add")
              && node.getInputList().stream().anyMatch(products::contains);
      if (LAYERS.contains(node.getOpType()) || biased) {
        layers.addAll(node.getInputList());
      }
      if (node.getOpType().equals("MatMul")) {
        products.addAll(node.getOutputList());
      }
    }
    read.removeAll(FrozenStatistics.of(graph));
    Map<String, TensorProto> weights = new LinkedHashMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      int size = Tensors.size(Tensors.dims(tensor));
      if (tensor.getDataType() == Tensors.FLOAT
          && read.contains(tensor.getName())
          && (size > 1 || (size == 1 && layers.contains(tensor.getName())))) {
        weights.put(tensor.getName(), tensor);
      }
    }
    return weights;
  }
}
