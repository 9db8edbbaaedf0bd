package io.headwater.schemas.serde;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Plain JSON of Avro data: field names as in the schema, optional values without a type wrapper,
 * bytes as base64, timestamps as epoch milliseconds.
 *
 * <p>Reading also takes ISO-8601 timestamps, fills fields left out with their defaults and passes
 * over fields that the schema does not know. Errors name the field and the type that was found,
 * never a value.
 */
final class AvroJson {
  /** As deep as JSON is read. */
  static final int MAX_DEPTH = 64;

  /** Property of a field that JSON leaves out where it is null. */
  private static final String OMIT_NULL = "jsonOmitNull";

  private AvroJson() {}

  /**
   * Writes a value.
   *
   * @param path names it in messages
   */
  static void write(JsonGenerator out, Schema schema, @Nullable Object value, String path)
      throws IOException {
    write(out, schema, value, path, null);
  }

  /**
   * Writes a value.
   *
   * @param inner its name below the path; null where it is the path's own
   */
  private static void write(
      JsonGenerator out, Schema schema, @Nullable Object value, String path, @Nullable String inner)
      throws IOException {
    if (out.getOutputContext().getNestingDepth() > MAX_DEPTH) {
      throw new SerializationException("nested deeper than " + MAX_DEPTH + " levels");
    }
    switch (schema.getType()) {
      case RECORD -> {
        IndexedRecord record = (IndexedRecord) required(value, path, inner);
        String here = path(path, inner);
        out.writeStartObject();
        List<Schema.Field> fields = schema.getFields();
        for (int i = 0; i < fields.size(); i++) {
          Schema.Field field = fields.get(i);
          Object inField = record.get(field.pos());
          if (inField != null || field.getObjectProp(OMIT_NULL) == null) {
            out.writeFieldName(field.name());
            write(out, field.schema(), inField, here, field.name());
          }
        }
        out.writeEndObject();
      }
      case ARRAY -> {
        out.writeStartArray();
        for (Object item : (Iterable<?>) required(value, path, inner)) {
          write(out, schema.getElementType(), item, path, inner);
        }
        out.writeEndArray();
      }
      case MAP -> {
        Map<?, ?> map = (Map<?, ?>) required(value, path, inner);
        out.writeStartObject();
        // The keys are content: messages don't name them.
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.writeFieldName(entry.getKey().toString());
          write(out, schema.getValueType(), entry.getValue(), path, inner);
        }
        out.writeEndObject();
      }
      case UNION -> {
        if (value == null) {
          out.writeNull();
        } else {
          Schema branch = schema.getTypes().get(branchOf(schema, value));
          write(out, branch, value, path, inner);
        }
      }
      case BYTES -> out.writeBinary(bytes((ByteBuffer) required(value, path, inner)));
      case FIXED -> out.writeBinary(((GenericFixed) required(value, path, inner)).bytes());
      case STRING, ENUM -> out.writeString(required(value, path, inner).toString());
      case INT -> out.writeNumber(((Number) required(value, path, inner)).intValue());
      case LONG -> {
        Object number = required(value, path, inner);
        out.writeNumber(
            number instanceof Instant time ? time.toEpochMilli() : ((Number) number).longValue());
      }
      case FLOAT ->
          out.writeNumber(finite((Float) required(value, path, inner), path, inner).floatValue());
      case DOUBLE ->
          out.writeNumber(finite((Double) required(value, path, inner), path, inner).doubleValue());
      case BOOLEAN -> out.writeBoolean((Boolean) required(value, path, inner));
      case NULL -> out.writeNull();
    }
  }

  private static String path(String path, @Nullable String inner) {
    return inner == null ? path : path + "." + inner;
  }

  /** Logical types make a value's class differ from its branch's plain type. */
  private static int branchOf(Schema union, Object value) {
    if (value instanceof Instant) {
      for (int i = 0; i < union.getTypes().size(); i++) {
        if (union.getTypes().get(i).getLogicalType() instanceof LogicalTypes.TimestampMillis) {
          return i;
        }
      }
    }
    return SpecificData.get().resolveUnion(union, value);
  }

  private static Object required(@Nullable Object value, String path, @Nullable String inner) {
    if (value == null) {
      throw new SerializationException(path(path, inner) + " is missing");
    }
    return value;
  }

  private static <T extends Number> T finite(T number, String path, @Nullable String inner) {
    if (!Double.isFinite(number.doubleValue())) {
      throw new SerializationException(
          path(path, inner) + " is not a finite number, which JSON can't hold");
    }
    return number;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  static @Nullable Object read(Schema schema, JsonNode node, String path) {
    return switch (schema.getType()) {
      case RECORD -> record(schema, node, path);
      case ARRAY -> {
        expect(node.isArray(), "an array", node, path);
        List<@Nullable Object> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
          items.add(read(schema.getElementType(), node.get(i), path + "[" + i + "]"));
        }
        yield items;
      }
      case MAP -> {
        expect(node.isObject(), "an object", node, path);
        Map<String, @Nullable Object> entries = new HashMap<>();
        node.properties()
            .forEach(
                entry ->
                    entries.put(
                        entry.getKey(), read(schema.getValueType(), entry.getValue(), path)));
        yield entries;
      }
      case UNION -> {
        if (node.isNull()) {
          expect(schema.isNullable(), "a value", node, path);
          yield null;
        }
        yield read(branch(schema, node, path), node, path);
      }
      case BYTES -> ByteBuffer.wrap(base64(node, path));
      case STRING -> {
        expect(node.isTextual(), "a string", node, path);
        yield node.textValue();
      }
      case ENUM -> {
        expect(
            node.isTextual() && schema.hasEnumSymbol(node.textValue()),
            "one of " + schema.getEnumSymbols(),
            node,
            path);
        yield SpecificData.get().createEnum(node.textValue(), schema);
      }
      case INT -> {
        expect(node.isIntegralNumber() && node.canConvertToInt(), "a 32-bit integer", node, path);
        yield node.intValue();
      }
      case LONG ->
          schema.getLogicalType() instanceof LogicalTypes.TimestampMillis
              ? timestamp(node, path)
              : integer(node, path);
      case FLOAT -> {
        expect(node.isNumber() && Float.isFinite(node.floatValue()), "a number", node, path);
        yield node.floatValue();
      }
      case DOUBLE -> {
        expect(node.isNumber() && Double.isFinite(node.doubleValue()), "a number", node, path);
        yield node.doubleValue();
      }
      case BOOLEAN -> {
        expect(node.isBoolean(), "true or false", node, path);
        yield node.booleanValue();
      }
      case NULL -> {
        expect(node.isNull(), "null", node, path);
        yield null;
      }
      case FIXED -> {
        byte[] bytes = base64(node, path);
        expect(bytes.length == schema.getFixedSize(), "base64 of fixed size", node, path);
        yield SpecificData.get().createFixed(null, bytes, schema);
      }
    };
  }

  /** The only branch besides null; or of plain ones, the one that a value is of. */
  private static Schema branch(Schema union, JsonNode node, String path) {
    List<Schema> branches =
        union.getTypes().stream().filter(s -> s.getType() != Schema.Type.NULL).toList();
    if (branches.size() == 1) {
      return branches.get(0);
    }
    Schema.Type wanted =
        switch (node.getNodeType()) {
          case STRING -> Schema.Type.STRING;
          case BOOLEAN -> Schema.Type.BOOLEAN;
          case NUMBER ->
              node.isIntegralNumber() && node.canConvertToLong()
                  ? Schema.Type.LONG
                  : Schema.Type.DOUBLE;
          default -> Schema.Type.NULL;
        };
    return branches.stream()
        .filter(s -> s.getType() == wanted)
        .findFirst()
        .orElseThrow(
            () ->
                new SerializationException(
                    path
                        + " must be one of "
                        + branches.stream().map(s -> s.getType().getName()).toList()
                        + ", not "
                        + node.getNodeType().name().toLowerCase(Locale.ROOT)));
  }

  static Object record(Schema schema, JsonNode node, String path) {
    expect(node.isObject(), "an object", node, path);
    IndexedRecord record = (IndexedRecord) SpecificData.get().newRecord(null, schema);
    for (Schema.Field field : schema.getFields()) {
      JsonNode given = node.get(field.name());
      String at = path + "." + field.name();
      if (given != null) {
        record.put(field.pos(), read(field.schema(), given, at));
      } else if (field.hasDefaultValue()) {
        record.put(field.pos(), defaultOf(field, at));
      } else {
        throw new SerializationException(at + " is missing");
      }
    }
    return record;
  }

  private static @Nullable Object defaultOf(Schema.Field field, String path) {
    try {
      return SpecificData.get().deepCopy(field.schema(), GenericData.get().getDefaultValue(field));
    } catch (AvroRuntimeException e) {
      throw new SerializationException(path + " has no usable default", e);
    }
  }

  private static long integer(JsonNode node, String path) {
    expect(node.isIntegralNumber() && node.canConvertToLong(), "a 64-bit integer", node, path);
    return node.longValue();
  }

  private static Instant timestamp(JsonNode node, String path) {
    if (node.isTextual()) {
      try {
        Instant time = Instant.parse(node.textValue());
        return Instant.ofEpochMilli(time.toEpochMilli());
      } catch (DateTimeException | ArithmeticException e) {
        throw new SerializationException(
            path + " is neither epoch milliseconds nor ISO-8601 like 2001-07-01T12:00:00Z", e);
      }
    }
    return Instant.ofEpochMilli(integer(node, path));
  }

  private static byte[] base64(JsonNode node, String path) {
    expect(node.isTextual(), "base64", node, path);
    try {
      return Base64.getDecoder().decode(node.textValue());
    } catch (IllegalArgumentException e) {
      throw new SerializationException(path + " is not base64", e);
    }
  }

  private static void expect(boolean holds, String wanted, JsonNode found, String path) {
    if (!holds) {
      throw new SerializationException(
          path
              + " must be "
              + wanted
              + ", not "
              + found.getNodeType().name().toLowerCase(Locale.ROOT));
    }
  }
}
