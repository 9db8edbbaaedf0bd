package io.headwater.schemas.serde;

import org.apache.avro.Schema;

/**
 * Gives Avro schemas their ids, and schemas back for ids.
 *
 * <p>Both throw {@link org.apache.kafka.common.errors.SerializationException} where the registry
 * knows no answer, and {@link RegistryUnavailableException} where it gives none.
 */
public interface SchemaRegistry {
  /** The id of a schema under a subject, registered where it is new. */
  int register(String subject, Schema schema);

  Schema byId(int id);
}
