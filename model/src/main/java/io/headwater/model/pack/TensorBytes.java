package io.headwater.model.pack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Float tensors as the little-endian bytes of their blobs. */
public final class TensorBytes {
  private TensorBytes() {}

  public static byte[] of(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /**
   * Reads what {@link #of} wrote.
   *
   * @throws IllegalArgumentException where the byte count is no multiple of 4
   */
  public static float[] floats(byte[] bytes) {
    if (bytes.length % 4 != 0) {
      throw new IllegalArgumentException(bytes.length + " bytes are no whole number of floats");
    }
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
