package io.headwater.model.guard;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** What must hold in a tensor of a file: that it is inline, of its own size, and finite. */
final class TensorChecks {
  /** How the bits of a float make it infinite or not a number: its exponent is all ones. */
  private record Floats(int bytes, long exponent, long fraction) {}

  private static final Floats FLOAT = new Floats(4, 0x7f800000L, 0x7fffffL);
  private static final Floats DOUBLE = new Floats(8, 0x7ff0000000000000L, 0xfffffffffffffL);
  private static final Floats FLOAT16 = new Floats(2, 0x7c00, 0x3ff);
  private static final Floats BFLOAT16 = new Floats(2, 0x7f80, 0x7f);
  private static final Floats FLOAT8E5M2 = new Floats(1, 0x7c, 0x3);

  private TensorChecks() {}

  static void inline(String where, TensorProto tensor) {
    if (tensor.getDataLocation() == DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
      throw new ModelRefusedException(
          RefusalReason.EXTERNAL_DATA,
          where + " is kept in another file; export the model as one file");
    }
  }

  static DataType type(TensorProto tensor) {
    DataType type = DataType.forNumber(tensor.getDataType());
    return type == null ? DataType.UNDEFINED : type;
  }

  /** Elements that the dims ask for. */
  static long elements(String where, TensorProto tensor) {
    long count = 1;
    boolean empty = false;
    for (long dim : tensor.getDimsList()) {
      if (dim < 0) {
        throw sized(where + " has a negative dimension; export the model again");
      }
      empty |= dim == 0;
      // Zeros don't count, so that no order of dims hides an overflow.
      long next = Math.max(1, dim);
      if (count > Long.MAX_VALUE / 64 / next) {
        throw sized(where + " has dims whose product overflows: " + tensor.getDimsList());
      }
      count *= next;
    }
    return empty ? 0 : count;
  }

  /** Bytes that dims and type ask for; -1 for text, whose size they don't tell. */
  static long bytes(String where, TensorProto tensor) {
    long count = elements(where, tensor);
    return switch (type(tensor)) {
      case UINT4, INT4 -> (count + 1) / 2;
      case UINT8, INT8, BOOL, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> count;
      case UINT16, INT16, FLOAT16, BFLOAT16 -> 2 * count;
      case FLOAT, INT32, UINT32 -> 4 * count;
      case DOUBLE, INT64, UINT64, COMPLEX64 -> 8 * count;
      case COMPLEX128 -> 16 * count;
      case STRING -> -1;
      case UNDEFINED -> throw sized(where + " has the unknown type " + tensor.getDataType());
    };
  }

  /** That the tensor holds as much as it claims, or nothing where {@code filledLater}. */
  static void whole(String where, TensorProto tensor, boolean filledLater, long maxBytes) {
    long claimed = bytes(where, tensor);
    if (claimed > maxBytes) {
      throw sized(
          "%s asks for %d bytes; at most %d are loaded (headwater.guard.max-tensor-bytes)"
              .formatted(where, claimed, maxBytes));
    }
    long elements = elements(where, tensor);
    if (tensor.getRawData().isEmpty()) {
      long values = values(tensor, elements, claimed);
      boolean absent = filledLater && isEmpty(tensor);
      if (!absent && values != elements) {
        throw sized(
            "%s holds %d values; its dims %s ask for %d"
                .formatted(where, values, tensor.getDimsList(), elements));
      }
    } else if (claimed != tensor.getRawData().size()) {
      throw sized(
          "%s has %d bytes; its dims %s and type %s ask for %d"
              .formatted(
                  where, tensor.getRawData().size(), tensor.getDimsList(), type(tensor), claimed));
    }
  }

  /** That none of the tensor's own values, if it holds any, is infinite or not a number. */
  static void finite(String where, TensorProto tensor) {
    // A single infinity is a mask's value, not a weight.
    boolean infinityAllowed = elements(where, tensor) <= 1;
    finite(where, type(tensor), tensor.getRawData().asReadOnlyByteBuffer(), infinityAllowed);
    for (int i = 0; i < tensor.getFloatDataCount(); i++) {
      check(where, i, FLOAT, Float.floatToRawIntBits(tensor.getFloatData(i)), infinityAllowed);
    }
    for (int i = 0; i < tensor.getDoubleDataCount(); i++) {
      check(where, i, DOUBLE, Double.doubleToRawLongBits(tensor.getDoubleData(i)), infinityAllowed);
    }
    Floats half = layout(type(tensor));
    if (half != null && half.bytes < 4) {
      for (int i = 0; i < tensor.getInt32DataCount(); i++) {
        check(where, i, half, tensor.getInt32Data(i), infinityAllowed);
      }
    }
  }

  /** That none of a weight's values is infinite or not a number. */
  static void finite(String where, DataType type, ByteBuffer weight) {
    finite(where, type, weight, false);
  }

  private static void finite(String where, DataType type, ByteBuffer raw, boolean infinityAllowed) {
    ByteBuffer in = raw.order(ByteOrder.LITTLE_ENDIAN);
    Floats layout = layout(type);
    if (layout == null) {
      return;
    }
    int count = in.remaining() / layout.bytes;
    int from = in.position();
    for (int i = 0; i < count; i++) {
      int at = from + i * layout.bytes;
      long bits =
          switch (layout.bytes) {
            case 1 -> in.get(at);
            case 2 -> in.getShort(at);
            case 4 -> in.getInt(at);
            default -> in.getLong(at);
          };
      if ((bits & layout.exponent) == layout.exponent) {
        check(where, i, layout, bits, infinityAllowed);
      }
    }
  }

  private static void check(
      String where, int index, Floats layout, long bits, boolean infinityAllowed) {
    if ((bits & layout.exponent) != layout.exponent) {
      return;
    }
    boolean infinite = (bits & layout.fraction) == 0;
    if (!infinite || !infinityAllowed) {
      throw new ModelRefusedException(
          RefusalReason.NOT_FINITE,
          "%s is %s at element %d; train or export the model again"
              .formatted(where, infinite ? "infinite" : "not a number", index));
    }
  }

  private static @Nullable Floats layout(DataType type) {
    return switch (type) {
      case FLOAT, COMPLEX64 -> FLOAT;
      case DOUBLE, COMPLEX128 -> DOUBLE;
      case FLOAT16 -> FLOAT16;
      case BFLOAT16 -> BFLOAT16;
      case FLOAT8E5M2 -> FLOAT8E5M2;
      default -> null;
    };
  }

  /** How many values the typed lists hold, as the type packs them. */
  private static long values(TensorProto tensor, long elements, long claimed) {
    DataType type = type(tensor);
    return switch (type) {
      case FLOAT -> tensor.getFloatDataCount();
      case COMPLEX64 -> tensor.getFloatDataCount() / 2;
      case DOUBLE -> tensor.getDoubleDataCount();
      case COMPLEX128 -> tensor.getDoubleDataCount() / 2;
      case INT64 -> tensor.getInt64DataCount();
      case UINT32, UINT64 -> tensor.getUint64DataCount();
      case STRING -> tensor.getStringDataCount();
      case UINT4, INT4 -> tensor.getInt32DataCount() == claimed ? elements : -1;
      default -> tensor.getInt32DataCount();
    };
  }

  private static boolean isEmpty(TensorProto tensor) {
    return tensor.getFloatDataCount()
            + tensor.getInt32DataCount()
            + tensor.getInt64DataCount()
            + tensor.getDoubleDataCount()
            + tensor.getUint64DataCount()
            + tensor.getStringDataCount()
        == 0;
  }

  private static ModelRefusedException sized(String problem) {
    return new ModelRefusedException(RefusalReason.TENSOR_SIZE, problem);
  }
}
