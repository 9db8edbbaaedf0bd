package io.headwater.schemas.serde;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Reads producers' own Avro events into the JSON tree that field paths are looked up in.
 *
 * <p>An ordinary record is checked in one walk over its bytes, and its fields are read when they
 * are asked for; whatever is out of the ordinary goes through Avro's reader, with the same outcome.
 * Safe for use by several threads; an event is not.
 */
public final class AvroEvents implements EventDecoder {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SchemaRegistry registry;
  private final Map<Integer, GenericDatumReader<Object>> readers = new ConcurrentHashMap<>();
  private final Map<Integer, Known> known = new ConcurrentHashMap<>();

  /** Of the last event: most have the schema of the one before. */
  private @Nullable Known last;

  /**
   * A schema met before.
   *
   * @param plan null where Avro's reader is to read its events
   */
  private record Known(int id, @Nullable AvroPlan plan) {}

  public AvroEvents(SchemaRegistry registry) {
    this.registry = registry;
  }

  /**
   * Reads one event in Confluent framing.
   *
   * @throws SerializationException where it is not one
   * @throws RegistryUnavailableException where its schema can't be asked for now
   */
  @Override
  public JsonNode decode(byte[] framed) {
    AvroPlan plan = known(FramedAvro.schemaId(framed)).plan();
    JsonNode event = plan == null ? null : AvroOutline.of(plan, framed, FramedAvro.HEADER_BYTES);
    return event == null ? tree(framed) : event;
  }

  private Known known(int id) {
    Known before = last;
    if (before != null && before.id() == id) {
      return before;
    }
    Known found =
        known.computeIfAbsent(
            id, i -> new Known(i, AvroPlan.of(AvroBounds.bounded(registry.byId(i)))));
    last = found;
    return found;
  }

  /** The event as Avro's reader reads it. */
  JsonNode tree(byte[] framed) {
    int id = FramedAvro.schemaId(framed);
    Schema written = registry.byId(id);
    GenericDatumReader<Object> reader =
        readers.computeIfAbsent(id, i -> new GenericDatumReader<>(AvroBounds.bounded(written)));
    return tree(written, FramedAvro.read(framed, reader, written), written.getName());
  }

  /** A value that Avro's reader read, as JSON. */
  static JsonNode tree(Schema schema, @Nullable Object value, String path) {
    try (TokenBuffer tokens = new TokenBuffer(JSON, false)) {
      AvroJson.write((JsonGenerator) tokens, schema, value, path);
      return JSON.readTree(tokens.asParser());
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't fail to be read", e);
    }
  }
}
