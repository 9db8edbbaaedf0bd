package io.headwater.model.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Float matrices as they come out of ONNX Runtime. */
final class Rows {
  private Rows() {}

  /**
   * Copies a float tensor of [batch, ...] row by row, each flattened.
   *
   * @param width values of a row, or {@link Tap#ANY}
   * @throws InferenceException where it is another
   */
  static float[][] read(String name, OnnxTensor tensor, int batch, int width) {
    long[] shape = tensor.getInfo().getShape();
    long values = tensor.getInfo().getNumElements();
    int found = (int) Math.min(Integer.MAX_VALUE, values / Math.max(1, batch));
    if (tensor.getInfo().type != OnnxJavaType.FLOAT
        || shape.length == 0
        || shape[0] != batch
        || (width != Tap.ANY && found != width)) {
      throw new InferenceException(
          "'%s' is %s %s where float [%d, %s] was wanted"
              .formatted(
                  name,
                  tensor.getInfo().type,
                  Arrays.toString(shape),
                  batch,
                  width == Tap.ANY ? "any" : width));
    }
    FloatBuffer buffer = tensor.getFloatBuffer();
    float[][] rows = new float[batch][found];
    for (float[] row : rows) {
      buffer.get(row);
    }
    return rows;
  }

  static boolean isFinite(float[] row) {
    for (float value : row) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
