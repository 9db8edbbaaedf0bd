package io.headwater.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;

/** Reads an event's bytes into the tree that field paths are looked up in. */
@FunctionalInterface
public interface EventDecoder {
  /**
   * Reads one event.
   *
   * @throws org.apache.kafka.common.errors.SerializationException where the bytes are not one; the
   *     message never quotes them
   * @throws RegistryUnavailableException where that can't be told now
   */
  JsonNode decode(byte[] value);
}
