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
 * The initializers that training may change: float tensors that a node reads, except lone numbers
 * such as an epsilon and the statistics of normalisations.
 */
public final class TrainableWeights {
  private TrainableWeights() {}

  /** The weights of a graph by name, in the order in which the graph lists them. */
  public static Map<String, TensorProto> of(GraphProto graph) {
    Set<String> read = new HashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      read.addAll(node.getInputList());
    }
    read.removeAll(FrozenStatistics.of(graph));
    Map<String, TensorProto> weights = new LinkedHashMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getDataType() == Tensors.FLOAT
          && read.contains(tensor.getName())
          && Tensors.size(Tensors.dims(tensor)) > 1) {
        weights.put(tensor.getName(), tensor);
      }
    }
    return weights;
  }
}
