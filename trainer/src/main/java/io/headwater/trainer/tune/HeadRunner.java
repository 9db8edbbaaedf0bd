package io.headwater.trainer.tune;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.InferenceException;
import io.headwater.model.runtime.Probabilities;
import io.headwater.schemas.OutputKind;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a head over activations to judge it. */
public final class HeadRunner {
  private static final int BATCH = 512;
  private static final int VALUES = 1 << 22;

  private HeadRunner() {}

  /**
   * The head's answers.
   *
   * @return probabilities, a row per activation
   * @throws InferenceException where the run fails or answers with a non-finite value
   */
  public static float[][] probabilities(HeadGraph head, float[][] activations) {
    return probabilities(
        head, new TrainingSet(activations, new int[activations.length], ones(activations.length)));
  }

  /** The same of what crosses for the examples of a set; rows of one shape run together. */
  public static float[][] probabilities(HeadGraph head, TrainingSet set) {
    return values(head, set);
  }

  /** A graph's one output as it is, or as probabilities where it tells of classes. */
  static float[][] values(HeadGraph head, TrainingSet set) {
    float[][] values = new float[set.size()][];
    if (set.size() == 0) {
      return values;
    }
    Map<Crossing.Shape, List<Integer>> byShape = new LinkedHashMap<>();
    for (int i = 0; i < set.size(); i++) {
      byShape.computeIfAbsent(set.shapes().get(i), shape -> new ArrayList<>()).add(i);
    }
    try (GraphSession session = GraphSession.open(head.model())) {
      byShape.forEach((shape, places) -> run(session, head, set, shape, places, values));
    }
    return values;
  }

  private static void run(
      GraphSession session,
      HeadGraph head,
      TrainingSet set,
      Crossing.Shape shape,
      List<Integer> places,
      float[][] into) {
    int[] rows = places.stream().mapToInt(Integer::intValue).toArray();
    int most = Math.max(1, Math.min(BATCH, VALUES / Math.max(1, shape.size())));
    FloatBuffer buffer = GraphSession.direct(Math.min(most, rows.length) * shape.size());
    for (int from = 0; from < rows.length; from += most) {
      int count = Math.min(most, rows.length - from);
      Activations.lay(set, rows, from, count, shape, buffer);
      Map<String, OnnxTensor> inputs = Activations.tensors(session, head, shape, count, buffer);
      try (OrtSession.Result result = session.run(inputs)) {
        FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
        int classes = output.remaining() / count;
        for (int i = 0; i < count; i++) {
          float[] row = new float[classes];
          output.get(row);
          into[rows[from + i]] = normalised(row, head.output());
        }
      } finally {
        inputs.values().forEach(OnnxTensor::close);
      }
    }
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** The version of ONNX Runtime that tunes and judges. */
  public static String runtimeVersion() {
    return GraphSession.runtimeVersion();
  }

  private static float[] normalised(float[] row, OutputKind kind) {
    for (float value : row) {
      if (!Float.isFinite(value)) {
        throw new InferenceException("the head answered with a value that is not finite");
      }
    }
    return Probabilities.of(kind, row);
  }
}
