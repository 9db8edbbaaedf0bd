package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.FloatNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Where the fields of an Avro record lie, found in one walk over its bytes; their values are read
 * when asked for.
 *
 * <p>The walk is stricter than Avro's reader and never laxer: what it does not follow is for the
 * reader to decide.
 */
final class AvroOutline extends LazyFields {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int MAX_DEPTH = 32;
  private static final int MAX_BYTES = 16 << 20;
  private static final int INT_BITS = 32;
  private static final int LONG_BITS = 64;

  private final AvroPlan plan;
  private final byte[] bytes;
  private final int[] starts;
  private @Nullable JsonNode @Nullable [] inner;
  private int at;
  private boolean followed = true;

  private AvroOutline(AvroPlan plan, byte[] bytes, int from) {
    super(plan.places());
    this.plan = plan;
    this.bytes = bytes;
    this.starts = new int[plan.fields().length];
    this.at = from;
  }

  /**
   * A record that fills the bytes, or null where Avro's reader is to decide.
   *
   * @param from where it begins
   */
  static @Nullable ObjectNode of(AvroPlan plan, byte[] bytes, int from) {
    if (bytes.length > MAX_BYTES) {
      return null;
    }
    AvroOutline outline = new AvroOutline(plan, bytes, from);
    outline.walk();
    return outline.followed && outline.at == bytes.length ? outline.node() : null;
  }

  private void walk() {
    Schema[] fields = plan.fields();
    Schema.Type[] types = plan.types();
    for (int i = 0; i < types.length && followed; i++) {
      starts[i] = at;
      if (types[i] == Schema.Type.DOUBLE && at <= bytes.length - Double.BYTES) {
        followed = Double.isFinite(doubleAt(at));
        at += Double.BYTES;
      } else {
        skip(fields[i], 0);
      }
    }
  }

  private void skip(Schema schema, int depth) {
    if (!followed) {
      return;
    }
    switch (schema.getType()) {
      case NULL -> {}
      case BOOLEAN -> {
        followed = at < bytes.length && (bytes[at] == 0 || bytes[at] == 1);
        at++;
      }
      case INT -> varint(INT_BITS);
      case LONG -> varint(LONG_BITS);
      case FLOAT -> {
        advance(Float.BYTES);
        followed = followed && Float.isFinite(floatAt(at - Float.BYTES));
      }
      case DOUBLE -> {
        advance(Double.BYTES);
        followed = followed && Double.isFinite(doubleAt(at - Double.BYTES));
      }
      case STRING, BYTES -> advance(varint(LONG_BITS));
      case FIXED -> advance(schema.getFixedSize());
      case ENUM -> {
        long symbol = varint(INT_BITS);
        followed = followed && symbol >= 0 && symbol < schema.getEnumSymbols().size();
      }
      case UNION -> {
        Schema branch = branch(schema);
        if (branch != null) {
          skip(branch, depth);
        }
      }
      case RECORD -> {
        followed = depth < MAX_DEPTH;
        for (Schema.Field field : schema.getFields()) {
          skip(field.schema(), depth + 1);
        }
      }
      case ARRAY -> blocks(schema.getElementType(), false, depth);
      case MAP -> blocks(schema.getValueType(), true, depth);
    }
  }

  private void blocks(Schema items, boolean keyed, int depth) {
    followed = depth < MAX_DEPTH;
    while (followed) {
      long count = varint(LONG_BITS);
      if (count == 0) {
        return;
      }
      // Blocks with their size before them are rare, and items of no bytes could be countless.
      followed = followed && count > 0 && count <= bytes.length - at;
      for (long i = 0; i < count && followed; i++) {
        if (keyed) {
          advance(varint(LONG_BITS));
        }
        skip(items, depth + 1);
      }
    }
  }

  private @Nullable Schema branch(Schema union) {
    long index = varint(LONG_BITS);
    List<Schema> types = union.getTypes();
    followed = followed && index >= 0 && index < types.size();
    return followed ? types.get((int) index) : null;
  }

  private void advance(long count) {
    followed = followed && count >= 0 && count <= bytes.length - at;
    if (followed) {
      at += (int) count;
    }
  }

  /** A zig-zag number of so many bits; none that is longer than it needs to be able to hold it. */
  private long varint(int bits) {
    long value = 0;
    for (int shift = 0; shift < bits && at < bytes.length; shift += 7) {
      byte next = bytes[at++];
      int left = bits - shift;
      if (left < 7 && (next & 0xFF) >= 1 << left) {
        followed = false;
        return 0;
      }
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    followed = false;
    return 0;
  }

  private float floatAt(int place) {
    return Float.intBitsToFloat((int) INTS.get(bytes, place));
  }

  private double doubleAt(int place) {
    return Double.longBitsToDouble((long) LONGS.get(bytes, place));
  }

  /** The type of the field's value; reading goes on behind the union's index. */
  private Schema open(int place) {
    at = starts[place];
    Schema schema = plan.fields()[place];
    if (schema.getType() == Schema.Type.UNION) {
      Schema branch = branch(schema);
      return branch == null ? schema : branch;
    }
    return schema;
  }

  @Override
  public double number(int place) {
    if (plan.types()[place] == Schema.Type.DOUBLE) {
      return doubleAt(starts[place]);
    }
    return switch (open(place).getType()) {
      case INT, LONG -> varint(LONG_BITS);
      case FLOAT -> floatAt(at);
      case DOUBLE -> doubleAt(at);
      default -> Double.NaN;
    };
  }

  @Override
  public @Nullable String text(int place) {
    return plan.types()[place] == Schema.Type.STRING ? string(starts[place]) : null;
  }

  private String string(int from) {
    at = from;
    int length = (int) varint(LONG_BITS);
    return new String(bytes, at, length, UTF_8);
  }

  @Override
  protected JsonNode read(int place) {
    Schema schema = open(place);
    return switch (schema.getType()) {
      case NULL -> NullNode.getInstance();
      case BOOLEAN -> BooleanNode.valueOf(bytes[at] == 1);
      case INT -> IntNode.valueOf((int) varint(INT_BITS));
      case LONG -> LongNode.valueOf(varint(LONG_BITS));
      case FLOAT -> FloatNode.valueOf(floatAt(at));
      case DOUBLE -> DoubleNode.valueOf(doubleAt(at));
      case STRING -> TextNode.valueOf(string(at));
      case ENUM -> TextNode.valueOf(schema.getEnumSymbols().get((int) varint(INT_BITS)));
      case BYTES -> {
        int length = (int) varint(LONG_BITS);
        yield BinaryNode.valueOf(bytes, at, length);
      }
      case FIXED -> BinaryNode.valueOf(bytes, at, schema.getFixedSize());
      case RECORD, ARRAY, MAP, UNION -> nested(place);
    };
  }

  private JsonNode nested(int place) {
    if (inner == null) {
      inner = new JsonNode[starts.length];
    }
    JsonNode known = inner[place];
    if (known == null) {
      known = plan.read(place, bytes, starts[place]);
      inner[place] = known;
    }
    return known;
  }
}
