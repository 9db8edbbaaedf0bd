package io.headwater.schemas.serde;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.jspecify.annotations.Nullable;

/**
 * How to walk over the records of one writer's schema.
 *
 * <p>Safe for use by several threads.
 */
final class AvroPlan {
  private static final Set<Schema.Type> NAMED_OR_NESTED =
      EnumSet.of(
          Schema.Type.RECORD,
          Schema.Type.ARRAY,
          Schema.Type.MAP,
          Schema.Type.FIXED,
          Schema.Type.BYTES,
          Schema.Type.ENUM);

  private final Schema schema;
  private final Schema[] fields;
  private final Schema.Type[] types;
  private final Map<String, Integer> places = new LinkedHashMap<>();
  private final Map<Integer, GenericDatumReader<Object>> readers = new ConcurrentHashMap<>();

  private AvroPlan(Schema schema) {
    this.schema = schema;
    List<Schema.Field> declared = schema.getFields();
    this.fields = new Schema[declared.size()];
    this.types = new Schema.Type[declared.size()];
    for (Schema.Field field : declared) {
      fields[field.pos()] = field.schema();
      types[field.pos()] = field.schema().getType();
      places.put(field.name(), field.pos());
    }
  }

  /** A plan, or null for a schema whose values must be seen to tell their types apart. */
  static @Nullable AvroPlan of(Schema schema) {
    return schema.getType() == Schema.Type.RECORD && isPlain(schema, new HashSet<>())
        ? new AvroPlan(schema)
        : null;
  }

  Schema[] fields() {
    return fields;
  }

  Schema.Type[] types() {
    return types;
  }

  Map<String, Integer> places() {
    return places;
  }

  /** What the generic reader makes of a field. */
  JsonNode read(int place, byte[] bytes, int start) {
    GenericDatumReader<Object> reader =
        readers.computeIfAbsent(place, i -> new GenericDatumReader<>(requireNonNull(fields[i])));
    return AvroEvents.tree(
        fields[place], FramedAvro.readPart(bytes, start, reader, schema), schema.getName());
  }

  private static boolean isPlain(Schema schema, Set<String> seen) {
    return switch (schema.getType()) {
      case RECORD ->
          !seen.add(schema.getFullName())
              || schema.getFields().stream().allMatch(field -> isPlain(field.schema(), seen));
      case ARRAY -> isPlain(schema.getElementType(), seen);
      case MAP -> isPlain(schema.getValueType(), seen);
      case UNION -> {
        List<Schema> branches =
            schema.getTypes().stream().filter(b -> b.getType() != Schema.Type.NULL).toList();
        yield branches.stream().allMatch(branch -> isPlain(branch, seen))
            && (branches.size() < 2
                || branches.stream().noneMatch(b -> NAMED_OR_NESTED.contains(b.getType())));
      }
      default -> true;
    };
  }
}
