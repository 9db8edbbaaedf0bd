package io.headwater.model.guard;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the bytes of an ONNX file hold, in place, before a parser makes objects of them: a
 * file of a few megabytes can ask for gigabytes of those.
 *
 * <p>Follows the protocol buffer encoding and onnx.proto3 (IR version 10); fields that it does not
 * know count as parts. Not safe for use by several threads.
 */
final class WireScan {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  /** A message of the format; those whose inside does not matter are leaves. */
  private enum Message {
    LEAF,
    TENSOR,
    SPARSE,
    DIMENSION,
    SHAPE,
    TENSOR_TYPE,
    TYPE,
    LIST_TYPE,
    MAP_TYPE,
    VALUE,
    ATTRIBUTE,
    NODE,
    GRAPH,
    FUNCTION,
    TRAINING,
    MODEL
  }

  /** What the fields of a message are, by their numbers, which are below 32. */
  private static final class Fields {
    private final @Nullable Message[] messages = new @Nullable Message[Integer.SIZE];
    private int names;
    private int numbers;

    @Nullable Message message(int field) {
      return field < Integer.SIZE ? messages[field] : null;
    }

    boolean isName(int field) {
      return field < Integer.SIZE && ((names >>> field) & 1) != 0;
    }

    boolean isNumbers(int field) {
      return field < Integer.SIZE && ((numbers >>> field) & 1) != 0;
    }
  }

  private static final Map<Message, Fields> FIELDS = new EnumMap<>(Message.class);

  static {
    describe(Message.LEAF, Map.of(), Set.of(), Set.of());
    describe(
        Message.TENSOR,
        Map.of(3, Message.LEAF, 13, Message.LEAF, 16, Message.LEAF),
        Set.of(8),
        Set.of(1, 5, 7, 11));
    describe(Message.SPARSE, Map.of(1, Message.TENSOR, 2, Message.TENSOR), Set.of(), Set.of(3));
    describe(Message.DIMENSION, Map.of(), Set.of(2, 3), Set.of());
    describe(Message.SHAPE, Map.of(1, Message.DIMENSION), Set.of(), Set.of());
    describe(Message.TENSOR_TYPE, Map.of(2, Message.SHAPE), Set.of(), Set.of());
    describe(
        Message.TYPE,
        Map.of(
            1, Message.TENSOR_TYPE,
            4, Message.LIST_TYPE,
            5, Message.MAP_TYPE,
            7, Message.LEAF,
            8, Message.TENSOR_TYPE,
            9, Message.LIST_TYPE),
        Set.of(),
        Set.of());
    describe(Message.LIST_TYPE, Map.of(1, Message.TYPE), Set.of(), Set.of());
    describe(Message.MAP_TYPE, Map.of(2, Message.TYPE), Set.of(), Set.of());
    describe(Message.VALUE, Map.of(2, Message.TYPE, 4, Message.LEAF), Set.of(1), Set.of());
    describe(
        Message.ATTRIBUTE,
        Map.of(
            5, Message.TENSOR,
            6, Message.GRAPH,
            10, Message.TENSOR,
            11, Message.GRAPH,
            14, Message.TYPE,
            15, Message.TYPE,
            22, Message.SPARSE,
            23, Message.SPARSE),
        Set.of(1, 21),
        Set.of(8));
    describe(
        Message.NODE,
        Map.of(5, Message.ATTRIBUTE, 9, Message.LEAF),
        Set.of(1, 2, 3, 4, 7, 8),
        Set.of());
    describe(
        Message.GRAPH,
        Map.of(
            1, Message.NODE,
            5, Message.TENSOR,
            11, Message.VALUE,
            12, Message.VALUE,
            13, Message.VALUE,
            14, Message.LEAF,
            15, Message.SPARSE,
            16, Message.LEAF),
        Set.of(2),
        Set.of());
    describe(
        Message.FUNCTION,
        Map.of(
            7, Message.NODE,
            9, Message.LEAF,
            11, Message.ATTRIBUTE,
            12, Message.VALUE,
            14, Message.LEAF),
        Set.of(1, 4, 5, 6, 10, 13),
        Set.of());
    describe(
        Message.TRAINING,
        Map.of(1, Message.GRAPH, 2, Message.GRAPH, 3, Message.LEAF, 4, Message.LEAF),
        Set.of(),
        Set.of());
    describe(
        Message.MODEL,
        Map.of(
            7, Message.GRAPH,
            8, Message.LEAF,
            14, Message.LEAF,
            20, Message.TRAINING,
            25, Message.FUNCTION),
        Set.of(),
        Set.of());
  }

  private static void describe(
      Message message, Map<Integer, Message> messages, Set<Integer> names, Set<Integer> numbers) {
    Fields fields = new Fields();
    messages.forEach((field, inner) -> fields.messages[field] = inner);
    names.forEach(field -> fields.names |= 1 << field);
    numbers.forEach(field -> fields.numbers |= 1 << field);
    FIELDS.put(message, fields);
  }

  private static Fields fields(Message message) {
    return requireNonNull(FIELDS.get(message), message::name);
  }

  private final String what;
  private final byte[] bytes;
  private final ModelLimits limits;
  private int at;
  private int parts;
  private int nodes;
  private int tensors;
  private long numbers;

  private WireScan(String what, byte[] bytes, ModelLimits limits) {
    this.what = what;
    this.bytes = bytes;
    this.limits = limits;
  }

  /**
   * Follows the bytes to their end.
   *
   * @throws ModelRefusedException where they are no protocol buffer or hold too much
   */
  static void check(String what, byte[] bytes, ModelLimits limits) {
    new WireScan(what, bytes, limits).message(Message.MODEL, bytes.length, 1);
  }

  private void message(Message message, int end, int depth) {
    if (depth > limits.maxDepth()) {
      throw refused(
          RefusalReason.TOO_DEEP,
          "nests deeper than " + limits.maxDepth() + "; flatten its subgraphs");
    }
    nodes = counted(message == Message.NODE, nodes, limits.maxNodes(), "nodes");
    tensors = counted(message == Message.TENSOR, tensors, limits.maxTensors(), "tensors");
    Fields fields = fields(message);
    while (at < end) {
      long tag = varint(end);
      int field = (int) (tag >>> 3);
      if (tag < 8 || tag > 0xffffffffL) {
        throw broken();
      }
      switch ((int) (tag & 7)) {
        case VARINT -> {
          varint(end);
          count(fields, field, 1);
        }
        case FIXED_64 -> {
          skip(8, end);
          count(fields, field, 1);
        }
        case FIXED_32 -> {
          skip(4, end);
          // Unpacked floats of a tensor or an attribute take as much as they make.
          if (!isFloats(message, field)) {
            count(fields, field, 1);
          }
        }
        case BYTES -> {
          long length = varint(end);
          if (length < 0 || length > end - at) {
            throw broken();
          }
          bytes(fields, field, (int) length, depth);
        }
        default -> throw broken();
      }
    }
  }

  private void bytes(Fields fields, int field, int length, int depth) {
    Message inner = fields.message(field);
    if (inner != null) {
      count(fields, field, 1);
      message(inner, at + length, depth + 1);
      return;
    }
    if (fields.isName(field) && length > limits.maxNameLength()) {
      throw refused(
          RefusalReason.TOO_LARGE,
          "has a name of %d bytes; at most %d are read".formatted(length, limits.maxNameLength()));
    }
    count(fields, field, fields.isNumbers(field) ? length : 1);
    skip(length, at + length);
  }

  private void count(Fields fields, int field, int values) {
    if (fields.isNumbers(field)) {
      numbers += values;
      if (numbers > limits.maxNumbers()) {
        throw refused(
            RefusalReason.TOO_LARGE,
            "lists more than "
                + limits.maxNumbers()
                + " integers one by one; save it with its tensors as raw bytes");
      }
    } else {
      parts = counted(true, parts, limits.maxParts(), "parts");
    }
  }

  private int counted(boolean counts, int before, int most, String things) {
    int now = counts ? before + 1 : before;
    if (now > most) {
      throw refused(RefusalReason.TOO_LARGE, "has more than " + most + " " + things);
    }
    return now;
  }

  private static boolean isFloats(Message message, int field) {
    return (message == Message.TENSOR && field == 4)
        || (message == Message.ATTRIBUTE && field == 7);
  }

  private long varint(int end) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw broken();
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw broken();
  }

  private void skip(int length, int end) {
    if (length > end - at) {
      throw broken();
    }
    at += length;
  }

  private ModelRefusedException broken() {
    return refused(
        RefusalReason.NOT_A_MODEL, "is not an ONNX model: its bytes don't parse at byte " + at);
  }

  private ModelRefusedException refused(RefusalReason reason, String problem) {
    return new ModelRefusedException(reason, what + " " + problem);
  }
}
