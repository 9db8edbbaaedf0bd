package io.headwater.schemas.serde;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/** A registry that lives as long as a test. */
final class MemoryRegistry implements SchemaRegistry {
  private final List<Schema> schemas = new ArrayList<>();

  @Override
  public synchronized int register(String subject, Schema schema) {
    if (!schemas.contains(schema)) {
      schemas.add(schema);
    }
    return schemas.indexOf(schema);
  }

  @Override
  public synchronized Schema byId(int id) {
    if (id < 0 || id >= schemas.size()) {
      throw new SerializationException("no schema under id " + id);
    }
    return schemas.get(id);
  }
}
