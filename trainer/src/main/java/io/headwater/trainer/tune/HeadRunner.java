package io.headwater.trainer.tune;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.headwater.model.runtime.InferenceException;
import io.headwater.schemas.OutputKind;
import java.nio.FloatBuffer;
import java.util.Map;

/** Runs a head over activations to judge it. */
public final class HeadRunner {
  private static final int BATCH = 512;

  private HeadRunner() {}

  /**
   * The head's answers.
   *
   * @return probabilities, a row per activation
   * @throws InferenceException where the run fails or answers with a non-finite value
   */
  public static float[][] probabilities(HeadGraph head, float[][] activations) {
    float[][] probabilities = new float[activations.length][];
    if (activations.length == 0) {
      return probabilities;
    }
    int width = activations[0].length;
    FloatBuffer rows = GraphSession.direct(Math.min(BATCH, activations.length) * width);
    try (GraphSession session = GraphSession.open(head.model())) {
      for (int from = 0; from < activations.length; from += BATCH) {
        int count = Math.min(BATCH, activations.length - from);
        for (int i = 0; i < count; i++) {
          rows.put(i * width, activations[from + i]);
        }
        try (OnnxTensor input = session.over(rows, head.batch(count, width));
            OrtSession.Result result = session.run(Map.of(head.input(), input))) {
          FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
          int classes = output.remaining() / count;
          for (int i = 0; i < count; i++) {
            float[] row = new float[classes];
            output.get(row);
            probabilities[from + i] = normalised(row, head.output());
          }
        }
      }
    }
    return probabilities;
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
    return kind == OutputKind.LOGITS ? softmax(row) : row;
  }

  private static float[] softmax(float[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    float[] probabilities = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = (float) (Math.exp(logits[i] - max) / sum);
    }
    return probabilities;
  }
}
