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

/**
 * Reads producers' own Avro events into the JSON tree that field paths are looked up in.
 *
 * <p>Safe for use by several threads.
 */
public final class AvroEvents implements EventDecoder {
  private final ObjectMapper json = new ObjectMapper();
  private final SchemaRegistry registry;
  private final Map<Integer, GenericDatumReader<Object>> readers = new ConcurrentHashMap<>();

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
    int id = FramedAvro.schemaId(framed);
    Schema written = registry.byId(id);
    GenericDatumReader<Object> reader =
        readers.computeIfAbsent(id, i -> new GenericDatumReader<>(written));
    Object event = FramedAvro.read(framed, reader, written);
    try (TokenBuffer tokens = new TokenBuffer(json, false)) {
      AvroJson.write((JsonGenerator) tokens, written, event, written.getName());
      return json.readTree(tokens.asParser());
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't fail to be read", e);
    }
  }
}
