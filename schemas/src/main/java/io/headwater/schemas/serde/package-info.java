/** JSON and Avro serdes made from the same Avro schemas. */
@org.jspecify.annotations.NullMarked
package io.headwater.schemas.serde;
