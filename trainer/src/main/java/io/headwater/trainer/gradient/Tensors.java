package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;

/** Constant tensors of a graph, between their protobuf form and Java arrays. */
public final class Tensors {
  /** ONNX's code of the element type float32. */
  public static final int FLOAT = 1;

  /** ONNX's code of the element type int32. */
  public static final int INT32 = 6;

  /** ONNX's code of the element type bool. */
  public static final int BOOL = 9;

  /** ONNX's code of the element type int64. */
  public static final int INT64 = 7;

  private Tensors() {}

  public static TensorProto of(String name, float[] values, long... dims) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(name, FLOAT, bytes, dims);
  }

  static TensorProto of(String name, long[] values, long... dims) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return tensor(name, INT64, bytes, dims);
  }

  private static TensorProto tensor(String name, int type, ByteBuffer bytes, long[] dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type)
            .setRawData(ByteString.copyFrom(bytes));
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.build();
  }

  /** The values of a float32 tensor, in row-major order. */
  public static float[] floats(TensorProto tensor) {
    if (tensor.getDataType() != FLOAT) {
      throw new IllegalArgumentException("tensor '" + tensor.getName() + "' is not float32");
    }
    int size = size(dims(tensor));
    float[] values = new float[size];
    if (tensor.getFloatDataCount() > 0) {
      requireSize(tensor, size, tensor.getFloatDataCount());
      for (int i = 0; i < size; i++) {
        values[i] = tensor.getFloatData(i);
      }
      return values;
    }
    requireSize(tensor, 4L * size, tensor.getRawData().size());
    tensor
        .getRawData()
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    return values;
  }

  /** The values of an int64 tensor. */
  public static long[] longs(TensorProto tensor) {
    if (tensor.getDataType() != INT64) {
      throw new IllegalArgumentException("tensor '" + tensor.getName() + "' is not int64");
    }
    if (tensor.getInt64DataCount() > 0) {
      return tensor.getInt64DataList().stream().mapToLong(Long::longValue).toArray();
    }
    long[] values = new long[tensor.getRawData().size() / 8];
    tensor
        .getRawData()
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .get(values);
    return values;
  }

  /** The values of an int64 or int32 tensor. */
  static long[] integers(TensorProto tensor) {
    if (tensor.getDataType() != INT32) {
      return longs(tensor);
    }
    if (tensor.getInt32DataCount() > 0) {
      return tensor.getInt32DataList().stream().mapToLong(Integer::longValue).toArray();
    }
    IntBuffer values =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    long[] longs = new long[values.remaining()];
    Arrays.setAll(longs, values::get);
    return longs;
  }

  /** Whether a boolean scalar holds. */
  static boolean isTrue(TensorProto tensor) {
    return tensor.getInt32DataCount() > 0
        ? tensor.getInt32Data(0) != 0
        : tensor.getRawData().size() > 0 && tensor.getRawData().byteAt(0) != 0;
  }

  public static long[] dims(TensorProto tensor) {
    return tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
  }

  /** How many elements a tensor of these dimensions has. */
  public static int size(long[] dims) {
    return Math.toIntExact(Arrays.stream(dims).reduce(1, Math::multiplyExact));
  }

  /** Declares a graph input or output; a dimension below 0 is free. */
  public static ValueInfoProto value(String name, int type, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      TensorShapeProto.Dimension.Builder one = shape.addDimBuilder();
      if (dim >= 0) {
        one.setDimValue(dim);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }

  private static void requireSize(TensorProto tensor, long expected, long actual) {
    if (expected != actual) {
      throw new IllegalArgumentException(
          "tensor '%s' holds %d where its dimensions say %d"
              .formatted(tensor.getName(), actual, expected));
    }
  }
}
