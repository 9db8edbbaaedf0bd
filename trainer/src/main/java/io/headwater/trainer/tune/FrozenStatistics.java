package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.headwater.schemas.OutputKind;
import java.util.Arrays;
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

  /** Measures a head's statistics on activations of one width. */
  public static Map<String, float[]> measure(HeadGraph head, float[][] activations) {
    float[] ones = new float[activations.length];
    Arrays.fill(ones, 1);
    return measure(head, new TrainingSet(activations, new int[activations.length], ones));
  }

  /**
   * Measures a head's statistics, input side first; those of segments in front of it are the source
   * task's and stay.
   *
   * @param set at least one row
   * @return the values of the initializers that hold them; empty where the head has none
   */
  public static Map<String, float[]> measure(HeadGraph head, TrainingSet set) {
    Map<String, float[]> measured = new LinkedHashMap<>();
    for (NodeProto node : head.model().getGraph().getNodeList()) {
      if (node.getOpType().equals(NORMALISATION) && !head.backbone().contains(node.getInput(3))) {
        Moments moments = moments(head.with(measured), node.getInput(0), set);
        measured.put(node.getInput(3), moments.mean());
        measured.put(node.getInput(4), moments.variance());
      }
    }
    return measured;
  }

  /** Mean and variance of each column. */
  private record Moments(float[] mean, float[] variance) {}

  private static Moments moments(HeadGraph head, String value, TrainingSet set) {
    float[][] columns = HeadRunner.values(upTo(head, value), set);
    int width = columns[0].length;
    double[] sum = new double[width];
    double[] square = new double[width];
    for (float[] row : columns) {
      for (int i = 0; i < width; i++) {
        double x = row[i];
        sum[i] += x;
        square[i] += x * x;
      }
    }
    float[] mean = new float[width];
    float[] variance = new float[width];
    for (int i = 0; i < width; i++) {
      double centre = sum[i] / columns.length;
      mean[i] = (float) centre;
      variance[i] = (float) Math.max(0, square[i] / columns.length - centre * centre);
    }
    return new Moments(mean, variance);
  }

  private static HeadGraph upTo(HeadGraph head, String value) {
    GraphProto.Builder graph = head.model().getGraph().toBuilder().clearOutput();
    return new HeadGraph(
        head.model().toBuilder()
            .setGraph(graph.addOutput(ValueInfoProto.newBuilder().setName(value)))
            .build(),
        OutputKind.VALUES);
  }
}
