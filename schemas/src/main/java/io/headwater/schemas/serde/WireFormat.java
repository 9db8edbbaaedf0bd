package io.headwater.schemas.serde;

/** How a topic's values are written. */
public enum WireFormat {
  /** UTF-8 JSON objects with the Avro schema's field names. */
  JSON,
  /** Avro binary in Confluent framing: 0x00, four bytes of schema id, the record. */
  AVRO
}
