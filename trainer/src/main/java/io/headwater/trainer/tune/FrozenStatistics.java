package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The mean and variance by which a head's batch normalisations standardise: measured once, on the
 * source task's activations, and left alone by every training.
 */
public final class FrozenStatistics {
  private static final String NORMALISATION = "BatchNormalization";
  private static final int CHUNK = 512;

  private FrozenStatistics() {}

  /** The initializers that hold statistics, which no training changes. */
  static Set<String> of(GraphProto graph) {
    Set<String> statistics = new HashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals(NORMALISATION)) {
        statistics.addAll(node.getInputList().subList(3, 5));
      }
    }
    return statistics;
  }

  /**
   * Measures a head's statistics, input side first.
   *
   * @param activations at least one, all of the head's width
   * @return the values of the initializers that hold them; empty where the head has none
   */
  public static Map<String, float[]> measure(HeadGraph head, float[][] activations) {
    Map<String, float[]> measured = new LinkedHashMap<>();
    for (NodeProto node : head.model().getGraph().getNodeList()) {
      if (node.getOpType().equals(NORMALISATION)) {
        Moments moments = moments(head.with(measured), node.getInput(0), activations);
        measured.put(node.getInput(3), moments.mean());
        measured.put(node.getInput(4), moments.variance());
      }
    }
    return measured;
  }

  /** Mean and variance of each column. */
  private record Moments(float[] mean, float[] variance) {}

  private static Moments moments(HeadGraph head, String value, float[][] activations) {
    int width = activations[0].length;
    double[] sum = new double[0];
    double[] square = new double[0];
    FloatBuffer rows = GraphSession.direct(Math.min(CHUNK, activations.length) * width);
    try (GraphSession session = GraphSession.openAsWritten(upTo(head.model(), value))) {
      for (int from = 0; from < activations.length; from += CHUNK) {
        int count = Math.min(CHUNK, activations.length - from);
        for (int i = 0; i < count; i++) {
          rows.put(i * width, activations[from + i]);
        }
        try (OnnxTensor input = session.over(rows, head.batch(count, width));
            OrtSession.Result result = session.run(Map.of(head.input(), input))) {
          FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
          int columns = values.remaining() / count;
          sum = sum.length == 0 ? new double[columns] : sum;
          square = square.length == 0 ? new double[columns] : square;
          for (int i = 0; i < count * columns; i++) {
            double x = values.get(i);
            sum[i % columns] += x;
            square[i % columns] += x * x;
          }
        }
      }
    }
    float[] mean = new float[sum.length];
    float[] variance = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      double centre = sum[i] / activations.length;
      mean[i] = (float) centre;
      variance[i] = (float) Math.max(0, square[i] / activations.length - centre * centre);
    }
    return new Moments(mean, variance);
  }

  private static ModelProto upTo(ModelProto model, String value) {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearOutput();
    return model.toBuilder()
        .setGraph(graph.addOutput(ValueInfoProto.newBuilder().setName(value)))
        .build();
  }
}
