package io.headwater.model.pack;

import io.headwater.schemas.GoldenTensor;
import io.headwater.schemas.GoldenTensors;
import io.headwater.schemas.serde.AvroBounds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/** Bytes of golden cases and outputs, and rows of floats as their tensors. */
public final class GoldenBlobs {
  static {
    AvroBounds.establish();
  }

  /** Larger blobs are refused unread. */
  public static final int MAX_BYTES = 4 << 20;

  private GoldenBlobs() {}

  /** The Avro binary encoding: the same for equal tensors. */
  public static byte[] write(List<GoldenTensor> tensors) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new SpecificDatumWriter<>(GoldenTensors.class).write(new GoldenTensors(tensors), encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("goldens can't be written to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #write} gave.
   *
   * @throws IllegalArgumentException where the bytes are too many or are no golden tensors
   */
  public static List<GoldenTensor> read(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "goldens have " + bytes.length + " bytes; at most " + MAX_BYTES + " are read");
    }
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
    try {
      GoldenTensors read = new SpecificDatumReader<>(GoldenTensors.class).read(null, decoder);
      if (!decoder.isEnd()) {
        throw new IllegalArgumentException("goldens are followed by bytes that are not their own");
      }
      return read.getTensors();
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("goldens can't be read: publish the version again", e);
    }
  }

  /** Rows of equal width as a float tensor. */
  public static GoldenTensor of(String name, List<float[]> rows) {
    int width = rows.isEmpty() ? 0 : rows.get(0).length;
    ByteBuffer values =
        ByteBuffer.allocate(Float.BYTES * width * rows.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (float value : row) {
        values.putFloat(value);
      }
    }
    return new GoldenTensor(
        name, "float", List.of((long) rows.size(), (long) width), values.flip());
  }

  /**
   * The rows of a float tensor.
   *
   * @throws IllegalArgumentException where it is no float tensor of two dims, whole
   */
  public static float[][] rows(GoldenTensor tensor) {
    List<Long> dims = tensor.getDims();
    int bytes = tensor.getValues().remaining();
    if (!tensor.getType().equals("float")
        || dims.size() != 2
        || dims.get(0) < 1
        || dims.get(1) < 1
        || dims.get(0) > bytes
        || dims.get(1) > bytes
        || Float.BYTES * dims.get(0) * dims.get(1) != bytes) {
      throw new IllegalArgumentException(
          "goldens '%s' are no whole rows of floats: %s %s in %d bytes"
              .formatted(tensor.getName(), tensor.getType(), dims, bytes));
    }
    ByteBuffer values = tensor.getValues().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    float[][] rows = new float[Math.toIntExact(dims.get(0))][Math.toIntExact(dims.get(1))];
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = values.getFloat();
      }
    }
    return rows;
  }
}
