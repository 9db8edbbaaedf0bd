package io.headwater.schemas.serde;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads one of Headwater's records, as JSON or as Avro, by the same schema.
 *
 * <p>Safe for use by several threads. Anything that is not such a record ends in a {@link
 * SerializationException} that names the field, never its content.
 */
public final class RecordSerde<T extends SpecificRecord> implements Serde<T> {
  static {
    AvroBounds.establish();
  }

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(AvroJson.MAX_DEPTH)
                          .maxStringLength(32 * 1024 * 1024)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private final Class<T> type;
  private final Schema schema;
  private final @Nullable SchemaRegistry registry;
  private final SpecificDatumWriter<T> writer;
  private final Map<Integer, SpecificDatumReader<T>> readers = new ConcurrentHashMap<>();

  private RecordSerde(Class<T> type, @Nullable SchemaRegistry registry) {
    this.type = type;
    this.schema = SpecificData.get().getSchema(type);
    this.registry = registry;
    this.writer = new SpecificDatumWriter<>(type);
  }

  public static <T extends SpecificRecord> RecordSerde<T> json(Class<T> type) {
    return new RecordSerde<>(type, null);
  }

  public static <T extends SpecificRecord> RecordSerde<T> avro(
      Class<T> type, SchemaRegistry registry) {
    return new RecordSerde<>(type, registry);
  }

  /** The record's bytes; in Avro its schema is registered under the record's full name. */
  public byte[] write(T record) {
    return write(schema.getFullName(), record);
  }

  private byte[] write(String subject, T record) {
    return registry == null
        ? writeJson(record)
        : FramedAvro.write(registry.register(subject, schema), writer, record);
  }

  public T read(byte[] bytes) {
    return registry == null ? readJson(bytes) : readAvro(bytes, registry);
  }

  private byte[] writeJson(T record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      AvroJson.write(json, schema, record, schema.getName());
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't fail to be written to", e);
    }
    return out.toByteArray();
  }

  private T readJson(byte[] bytes) {
    JsonNode node;
    try {
      node = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new SerializationException(
          "not JSON"
              + place(e.getLocation())
              + ", where "
              + article(schema.getName())
              + " was expected");
    } catch (IOException e) {
      throw new SerializationException("not JSON, where a " + schema.getName() + " was expected");
    }
    return type.cast(AvroJson.record(schema, node, schema.getName()));
  }

  /** Breaches of the reading bounds come without a place. */
  private static String place(@Nullable JsonLocation at) {
    return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  private static String article(String name) {
    return ("AEIOU".indexOf(name.charAt(0)) < 0 ? "a " : "an ") + name;
  }

  private T readAvro(byte[] bytes, SchemaRegistry schemas) {
    int id = FramedAvro.schemaId(bytes);
    Schema written = schemas.byId(id);
    // A reader holds per-thread decoding state of its own, so one per writer's schema will do.
    SpecificDatumReader<T> reader =
        readers.computeIfAbsent(
            id, i -> new SpecificDatumReader<>(AvroBounds.bounded(written), schema));
    return FramedAvro.read(bytes, reader, written);
  }

  @Override
  public Serializer<T> serializer() {
    return (topic, record) -> record == null ? null : write(topic + "-value", record);
  }

  @Override
  public Deserializer<T> deserializer() {
    return (topic, bytes) -> bytes == null ? null : read(bytes);
  }
}
