package io.headwater.model.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Float matrices as they come out of ONNX Runtime. */
final class Rows {
  private Rows() {}

  /**
   * Copies a float tensor of [batch, width] row by row.
   *
   * @throws InferenceException where it is another, or holds a value that is not finite
   */
  static float[][] read(String name, OnnxTensor tensor, int batch, int width) {
    long[] shape = tensor.getInfo().getShape();
    if (tensor.getInfo().type != OnnxJavaType.FLOAT
        || !Arrays.equals(shape, new long[] {batch, width})) {
      throw new InferenceException(
          "'%s' is %s %s where float [%d, %d] was wanted"
              .formatted(name, tensor.getInfo().type, Arrays.toString(shape), batch, width));
    }
    FloatBuffer values = tensor.getFloatBuffer();
    float[][] rows = new float[batch][width];
    for (float[] row : rows) {
      values.get(row);
      for (float value : row) {
        if (!Float.isFinite(value)) {
          throw new InferenceException("'" + name + "' holds a value that is not finite");
        }
      }
    }
    return rows;
  }

  /** Turns a row of logits into probabilities, in place. */
  static void softmax(float[] row) {
    float highest = Float.NEGATIVE_INFINITY;
    for (float value : row) {
      highest = Math.max(highest, value);
    }
    double sum = 0;
    for (float value : row) {
      sum += Math.exp((double) value - highest);
    }
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) (Math.exp((double) row[i] - highest) / sum);
    }
  }
}
