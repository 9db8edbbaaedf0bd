package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Example;
import io.headwater.schemas.serde.HttpSchemaRegistry;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.schemas.serde.SchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** Events of numbers, and their examples, in a pipeline's wire format. */
final class VectorWire {
  private static final Schema EVENT =
      SchemaBuilder.record("Vector")
          .fields()
          .requiredString("id")
          .name("x")
          .type()
          .array()
          .items()
          .doubleType()
          .noDefault()
          .endRecord();

  private final @Nullable SchemaRegistry registry;
  private final RecordSerde<Example> examples;

  VectorWire(Pipeline pipeline) {
    URI address = pipeline.wire().registry();
    this.registry = address == null ? null : new HttpSchemaRegistry(address);
    this.examples = new RecordSerdes(pipeline.wire().format(), registry).of(Example.class);
  }

  byte[] example(Example example) {
    return examples.write(example);
  }

  byte[] event(String id, double[] x) throws IOException {
    if (registry == null) {
      return ("{\"id\":\"" + id + "\",\"x\":" + Arrays.toString(x) + "}").getBytes(UTF_8);
    }
    GenericData.Record record = new GenericData.Record(EVENT);
    record.put("id", id);
    record.put("x", Arrays.stream(x).boxed().toList());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int schema = registry.register("vectors", EVENT);
    out.write(ByteBuffer.allocate(1 + Integer.BYTES).put((byte) 0).putInt(schema).array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    new GenericDatumWriter<GenericData.Record>(EVENT).write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }
}
