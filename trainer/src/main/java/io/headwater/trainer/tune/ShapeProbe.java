package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.headwater.trainer.gradient.GradientException;
import io.headwater.trainer.gradient.Shapes;
import io.headwater.trainer.gradient.Tensors;
import java.util.HashMap;
import java.util.Map;

/** Learns the shapes of all values of a graph by running it on two batches of different size. */
public final class ShapeProbe {
  private ShapeProbe() {}

  /**
   * Runs a graph of float inputs on zeros of two sizes.
   *
   * @param small dimensions by input; {@code large} differs from it in those that are free
   * @throws io.headwater.model.runtime.InferenceException where the graph can't be run
   */
  public static Shapes of(ModelProto model, Map<String, long[]> small, Map<String, long[]> large) {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearOutput();
    for (NodeProto node : model.getGraph().getNodeList()) {
      node.getOutputList().stream()
          .filter(output -> !output.isEmpty())
          .forEach(output -> graph.addOutput(ValueInfoProto.newBuilder().setName(output)));
    }
    try (GraphSession session =
        GraphSession.openAsWritten(model.toBuilder().setGraph(graph).build())) {
      return Shapes.ofTwoRuns(run(model, session, small), run(model, session, large));
    }
  }

  private static Map<String, long[]> run(
      ModelProto model, GraphSession session, Map<String, long[]> sizes) {
    Map<String, long[]> shapes = new HashMap<>(sizes);
    for (TensorProto constant : model.getGraph().getInitializerList()) {
      shapes.put(constant.getName(), Tensors.dims(constant));
    }
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      sizes.forEach(
          (name, dims) ->
              inputs.put(name, session.over(GraphSession.direct(Tensors.size(dims)), dims)));
      try (OrtSession.Result result = session.run(inputs)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          if (!(output.getValue() instanceof OnnxTensor tensor)) {
            throw new GradientException("value '" + output.getKey() + "' is not a tensor");
          }
          TensorInfo info = tensor.getInfo();
          shapes.put(output.getKey(), info.getShape());
        }
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
    return shapes;
  }
}
