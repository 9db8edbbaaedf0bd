package io.headwater.model.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A float matrix as it came out of ONNX Runtime.
 *
 * @param values row by row; not to be changed
 * @param width values of a row
 */
record Rows(float[] values, int width) {
  /** Rows of no values, however many. */
  static final Rows EMPTY = new Rows(new float[0], 0);

  /**
   * Copies a float tensor of [batch, ...], each row flattened.
   *
   * @param width values of a row, or {@link Tap#ANY}
   * @throws InferenceException where it is another
   */
  static Rows read(String name, OnnxTensor tensor, int batch, int width) {
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
    return new Rows(array(tensor.getFloatBuffer()), found);
  }

  /** What a buffer of nobody else's holds. */
  private static float[] array(FloatBuffer own) {
    if (own.hasArray() && own.array().length == own.remaining()) {
      return own.array();
    }
    float[] copy = new float[own.remaining()];
    own.get(copy);
    return copy;
  }

  /** A copy of one row. */
  float[] row(int index) {
    return Arrays.copyOfRange(values, index * width, (index + 1) * width);
  }

  boolean isFinite(int row) {
    for (int i = row * width; i < (row + 1) * width; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }
}
