package io.headwater.model.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.headwater.schemas.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/** Tensors of floats, whole numbers and flags as floats, and back. */
final class Cells {
  /** Whole numbers beyond this are no longer told apart as floats. */
  private static final long MOST = 1L << 24;

  private Cells() {}

  /**
   * A tensor's values.
   *
   * @throws InferenceException for another type, a value that is not finite, or a whole number
   *     beyond 2^24
   */
  static float[] read(String name, OnnxTensor tensor) {
    int size = Math.toIntExact(tensor.getInfo().getNumElements());
    float[] values = new float[size];
    switch (tensor.getInfo().type) {
      case FLOAT -> tensor.getFloatBuffer().get(values);
      case INT64 -> {
        LongBuffer longs = tensor.getLongBuffer();
        for (int i = 0; i < size; i++) {
          values[i] = exact(name, longs.get(i));
        }
      }
      case INT32 -> {
        IntBuffer ints = tensor.getIntBuffer();
        for (int i = 0; i < size; i++) {
          values[i] = exact(name, ints.get(i));
        }
      }
      case BOOL -> {
        ByteBuffer flags = tensor.getByteBuffer();
        for (int i = 0; i < size; i++) {
          values[i] = flags.get(i);
        }
      }
      default ->
          throw new InferenceException(
              "'%s' is of type %s, which can't cross to trained segments"
                  .formatted(name, tensor.getInfo().type));
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new InferenceException("'" + name + "' holds a value that is not finite");
      }
    }
    return values;
  }

  /** The tensor of a batch; the caller closes it. */
  static OnnxTensor tensor(TensorSpec spec, float[] values, long[] dims) {
    try {
      return switch (spec.getType()) {
        case "float" -> {
          FloatBuffer floats = direct(Float.BYTES, values.length).asFloatBuffer();
          yield OnnxTensor.createTensor(Ort.environment(), floats.put(values).flip(), dims);
        }
        case "int64" -> {
          LongBuffer longs = direct(Long.BYTES, values.length).asLongBuffer();
          for (float value : values) {
            longs.put((long) value);
          }
          yield OnnxTensor.createTensor(Ort.environment(), longs.flip(), dims);
        }
        case "int32" -> {
          IntBuffer ints = direct(Integer.BYTES, values.length).asIntBuffer();
          for (float value : values) {
            ints.put((int) value);
          }
          yield OnnxTensor.createTensor(Ort.environment(), ints.flip(), dims);
        }
        case "bool" -> {
          ByteBuffer flags = direct(1, values.length);
          for (float value : values) {
            flags.put((byte) value);
          }
          yield OnnxTensor.createTensor(Ort.environment(), flags.flip(), dims, OnnxJavaType.BOOL);
        }
        default ->
            throw new InferenceException(
                "'%s' is of type %s, which can't cross to trained segments"
                    .formatted(spec.getName(), spec.getType()));
      };
    } catch (OrtException e) {
      throw new InferenceException(
          "'" + spec.getName() + "' can't be made into a tensor: " + e.getCode(), e);
    }
  }

  private static ByteBuffer direct(int each, int count) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(each, count))
        .order(ByteOrder.nativeOrder());
  }

  private static float exact(String name, long whole) {
    if (whole < -MOST || whole > MOST) {
      throw new InferenceException(
          "'" + name + "' holds whole numbers beyond 2^24, which can't cross to trained segments");
    }
    return whole;
  }
}
