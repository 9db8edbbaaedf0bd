package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.headwater.model.pack.TensorBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Set;

/** Sizes and little-endian bytes of ONNX tensors, whichever field they are kept in. */
final class Tensors {
  private static final int WEIGHT_BYTES = 1024;
  private static final Set<DataType> REAL =
      EnumSet.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);

  private Tensors() {}

  static TensorProto floats(String name, float[] values, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT_VALUE)
            .setRawData(UnsafeByteOperations.unsafeWrap(TensorBytes.of(values)));
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.build();
  }

  static TensorProto longs(String name, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(DataType.INT64_VALUE)
        .addDims(values.length)
        .setRawData(UnsafeByteOperations.unsafeWrap(bytes.array()))
        .build();
  }

  /** Values of an int64 tensor. */
  static long[] longValues(TensorProto tensor) {
    if (tensor.getDataType() != DataType.INT64_VALUE) {
      throw new IllegalArgumentException("tensor '" + tensor.getName() + "' is no int64");
    }
    ByteBuffer bytes = ByteBuffer.wrap(bytes(tensor)).order(ByteOrder.LITTLE_ENDIAN);
    long[] values = new long[bytes.remaining() / Long.BYTES];
    bytes.asLongBuffer().get(values);
    return values;
  }

  /** True for what a model has learnt, which becomes a blob; false for small constants. */
  static boolean isWeight(TensorProto tensor) {
    DataType type = DataType.forNumber(tensor.getDataType());
    if (type == null || type == DataType.STRING || type == DataType.UNDEFINED) {
      return false;
    }
    return byteCount(tensor) > WEIGHT_BYTES || (REAL.contains(type) && elementCount(tensor) > 1);
  }

  static boolean hasBytes(TensorProto tensor) {
    return !tensor.getRawData().isEmpty()
        || tensor.getFloatDataCount() > 0
        || tensor.getInt32DataCount() > 0
        || tensor.getInt64DataCount() > 0
        || tensor.getDoubleDataCount() > 0
        || tensor.getUint64DataCount() > 0
        || tensor.getStringDataCount() > 0;
  }

  /** The tensor with its name, type and dims only. */
  static TensorProto withoutBytes(TensorProto tensor) {
    return TensorProto.newBuilder()
        .setName(tensor.getName())
        .setDataType(tensor.getDataType())
        .addAllDims(tensor.getDimsList())
        .build();
  }

  static long elementCount(TensorProto tensor) {
    long count = 1;
    for (long dim : tensor.getDimsList()) {
      if (dim < 0) {
        throw new IllegalArgumentException(
            "tensor '" + tensor.getName() + "' has a negative dimension");
      }
      try {
        count = Math.multiplyExact(count, dim);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(
            "tensor '" + tensor.getName() + "' has more elements than memory can hold", e);
      }
    }
    return count;
  }

  /** Bytes that the tensor's dims and type ask for. */
  static long byteCount(TensorProto tensor) {
    long count = elementCount(tensor);
    if (count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "tensor '" + tensor.getName() + "' has " + count + " elements; a blob holds under 2 GiB");
    }
    DataType type = DataType.forNumber(tensor.getDataType());
    return switch (type == null ? DataType.UNDEFINED : type) {
      case UINT4, INT4 -> (count + 1) / 2;
      case UINT8, INT8, BOOL, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> count;
      case UINT16, INT16, FLOAT16, BFLOAT16 -> 2 * count;
      case FLOAT, INT32, UINT32 -> 4 * count;
      case DOUBLE, INT64, UINT64, COMPLEX64 -> 8 * count;
      case COMPLEX128 -> 16 * count;
      case STRING, UNDEFINED ->
          throw new IllegalArgumentException(
              "tensor '%s' has type %d, which has no fixed size"
                  .formatted(tensor.getName(), tensor.getDataType()));
    };
  }

  /**
   * The tensor's values as little-endian bytes.
   *
   * @throws IllegalArgumentException where they are not as many as its dims and type ask for
   */
  static byte[] bytes(TensorProto tensor) {
    byte[] bytes =
        tensor.getRawData().isEmpty() ? typedBytes(tensor) : tensor.getRawData().toByteArray();
    checkSize(tensor, bytes.length);
    return bytes;
  }

  /** The tensor with the values that the blob holds; the array is shared. */
  static TensorProto filled(TensorProto tensor, byte[] blob) {
    checkSize(tensor, blob.length);
    ByteString raw = UnsafeByteOperations.unsafeWrap(blob);
    return tensor.toBuilder().setRawData(raw).build();
  }

  private static void checkSize(TensorProto tensor, long bytes) {
    if (bytes != byteCount(tensor)) {
      throw new IllegalArgumentException(
          "tensor '%s' has %d bytes; its dims %s and type ask for %d"
              .formatted(tensor.getName(), bytes, tensor.getDimsList(), byteCount(tensor)));
    }
  }

  private static byte[] typedBytes(TensorProto tensor) {
    long declared = byteCount(tensor);
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(declared)).order(ByteOrder.LITTLE_ENDIAN);
    int values = typedCount(tensor);
    int width = values == 0 ? 1 : Math.toIntExact(declared / values);
    if ((long) width * values != declared) {
      throw new IllegalArgumentException(
          "tensor '%s' holds %d values; its dims are %s"
              .formatted(tensor.getName(), values, tensor.getDimsList()));
    }
    tensor.getFloatDataList().forEach(out::putFloat);
    tensor.getDoubleDataList().forEach(out::putDouble);
    tensor.getInt64DataList().forEach(out::putLong);
    tensor.getInt32DataList().forEach(value -> putLow(out, value, width));
    tensor.getUint64DataList().forEach(value -> putLow(out, value, width));
    return out.array();
  }

  private static int typedCount(TensorProto tensor) {
    return tensor.getFloatDataCount()
        + tensor.getDoubleDataCount()
        + tensor.getInt64DataCount()
        + tensor.getInt32DataCount()
        + tensor.getUint64DataCount();
  }

  private static void putLow(ByteBuffer out, long value, int width) {
    for (int i = 0; i < width; i++) {
      out.put((byte) (value >>> (8 * i)));
    }
  }
}
