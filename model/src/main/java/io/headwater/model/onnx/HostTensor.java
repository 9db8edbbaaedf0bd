package io.headwater.model.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A dense tensor in this process's memory.
 *
 * @param type as ONNX calls it, in lower case: float, int64, ...
 * @param bytes in native order, row by row
 */
public record HostTensor(String type, long[] dims, ByteBuffer bytes) {
  public static HostTensor of(float[] values, long... dims) {
    ByteBuffer bytes = direct(Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    return new HostTensor("float", dims, bytes);
  }

  static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /**
   * Values of a float tensor.
   *
   * @throws IllegalArgumentException for another type
   */
  public float[] floats() {
    if (!type.equals("float")) {
      throw new IllegalArgumentException("a tensor of " + type + " holds no floats");
    }
    FloatBuffer buffer = bytes.duplicate().order(ByteOrder.nativeOrder()).rewind().asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  /**
   * Largest absolute difference to another tensor of the same shape; infinite where they differ in
   * type or shape, or one alone is not a number. Other types than float are equal or not.
   */
  public double difference(HostTensor other) {
    if (!type.equals(other.type) || !Arrays.equals(dims, other.dims)) {
      return Double.POSITIVE_INFINITY;
    }
    if (!type.equals("float")) {
      return bytes.duplicate().rewind().equals(other.bytes.duplicate().rewind())
          ? 0
          : Double.POSITIVE_INFINITY;
    }
    float[] mine = floats();
    float[] others = other.floats();
    double largest = 0;
    for (int i = 0; i < mine.length; i++) {
      if (Float.compare(mine[i], others[i]) != 0) {
        double difference = Math.abs((double) mine[i] - others[i]);
        largest = Math.max(largest, Double.isNaN(difference) ? Double.MAX_VALUE : difference);
      }
    }
    return largest;
  }

  @Override
  public String toString() {
    return type + Arrays.toString(dims);
  }
}
