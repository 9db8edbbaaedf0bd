package io.headwater.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.util.RandomData;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvroEventsTest {
  private final SchemaRegistry registry = new MemoryRegistry();
  private final AvroEvents events = new AvroEvents(registry);
  private final AvroEvents reader = new AvroEvents(registry);

  private interface Reading {
    JsonNode of(byte[] value);
  }

  private static Object outcome(Reading reading, byte[] value) {
    try {
      return reading.of(value);
    } catch (SerializationException e) {
      return String.valueOf(e.getMessage());
    } catch (StackOverflowError e) {
      return "too deep";
    }
  }

  /** That both ways of reading come to the same, whole and field by field. */
  private void agree(byte[] value) {
    Object expected = outcome(reader::tree, value);
    String text = Arrays.toString(value);
    assertThat(outcome(events::decode, value)).as(text).isEqualTo(expected);
    if (expected instanceof ObjectNode tree) {
      JsonNode lazy = events.decode(value);
      LazyFields fields = LazyFields.of(lazy);
      assertThat(lazy.size()).isEqualTo(tree.size());
      tree.properties()
          .forEach(
              field -> {
                String name = field.getKey();
                assertThat(lazy.get(name)).as(name).isEqualTo(field.getValue());
                if (fields != null) {
                  FieldsAtPlaces.agree(fields, name, field.getValue());
                }
              });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        {"type":"record","name":"Flat","fields":[
          {"name":"id","type":"string"},{"name":"b","type":"boolean"},{"name":"i","type":"int"},
          {"name":"l","type":"long"},{"name":"f","type":"float"},{"name":"d","type":"double"},
          {"name":"n","type":"null"},{"name":"y","type":"bytes"},
          {"name":"x","type":{"type":"fixed","name":"X","size":3}},
          {"name":"e","type":{"type":"enum","name":"E","symbols":["P","Q"]}},
          {"name":"t","type":{"type":"long","logicalType":"timestamp-millis"}},
          {"name":"p","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]}
        """,
        """
        {"type":"record","name":"Unions","fields":[
          {"name":"a","type":["null","double"]},{"name":"b","type":["int","null","string"]},
          {"name":"c","type":["null",{"type":"array","items":["null","float"]}]},
          {"name":"d","type":["null",{"type":"enum","name":"E","symbols":["P","Q"]}]},
          {"name":"e","type":["null","bytes"]}]}
        """,
        """
        {"type":"record","name":"Nested","fields":[
          {"name":"m","type":{"type":"map","values":"double"}},
          {"name":"a","type":{"type":"array","items":{"type":"array","items":"long"}}},
          {"name":"z","type":{"type":"array","items":"null"}},
          {"name":"r","type":{"type":"record","name":"R","fields":[
            {"name":"d","type":"double"},{"name":"again","type":["null","R"]}]}},
          {"name":"last","type":"string"}]}
        """,
        """
        {"type":"record","name":"Ambiguous","fields":[
          {"name":"u","type":["bytes",{"type":"fixed","name":"X","size":2},"string"]},
          {"name":"d","type":"double"}]}
        """,
        "{\"type\":\"record\",\"name\":\"Empty\",\"fields\":[]}",
        "{\"type\":\"array\",\"items\":\"int\"}",
        "\"string\""
      })
  void read_generatedAndBrokenRecords_isWhatAvrosReaderGives(String json) {
    Schema schema = new Schema.Parser().parse(json);
    int id = registry.register("s", schema);
    GenericDatumWriter<Object> writer = new GenericDatumWriter<>(schema);
    Random random = new Random(1);
    for (Object record : new RandomData(schema, 1_000, 7L)) {
      byte[] value = FramedAvro.write(id, writer, record);
      agree(value);
      for (int i = 0; i < 4 && value.length > FramedAvro.HEADER_BYTES; i++) {
        byte[] broken = value.clone();
        int body = broken.length - FramedAvro.HEADER_BYTES;
        broken[FramedAvro.HEADER_BYTES + random.nextInt(body)] = (byte) random.nextInt();
        agree(broken);
      }
      agree(Arrays.copyOf(value, random.nextInt(value.length + 1)));
      agree(Arrays.copyOf(value, value.length + 1));
    }
  }

  @Test
  void read_numbersThatJsonCannotHold_isRefusedWhereverTheyAre() {
    Schema schema =
        new Schema.Parser()
            .parse(
                "{\"type\":\"record\",\"name\":\"D\",\"fields\":[{\"name\":\"a\",\"type\":\"double\"},"
                    + "{\"name\":\"b\",\"type\":\"float\"}]}");
    int id = registry.register("d", schema);
    GenericDatumWriter<Object> writer = new GenericDatumWriter<>(schema);
    for (double number : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, -0.0, 4.9e-324}) {
      var record = new org.apache.avro.generic.GenericData.Record(schema);
      record.put("a", 1.0);
      record.put("b", (float) number);
      agree(FramedAvro.write(id, writer, record));
      record.put("a", number);
      record.put("b", 1f);
      agree(FramedAvro.write(id, writer, record));
    }
  }

  @Test
  void read_varintsOfEveryLength_isWhatAvrosReaderGives() {
    for (String type : new String[] {"int", "long"}) {
      Schema schema =
          new Schema.Parser()
              .parse(
                  "{\"type\":\"record\",\"name\":\"V\",\"fields\":[{\"name\":\"a\",\"type\":\""
                      + type
                      + "\"}]}");
      int id = registry.register(type, schema);
      for (int length = 1; length <= 12; length++) {
        for (int last = 0; last < 256; last++) {
          byte[] value = new byte[FramedAvro.HEADER_BYTES + length];
          java.nio.ByteBuffer.wrap(value).put((byte) 0).putInt(id);
          Arrays.fill(value, FramedAvro.HEADER_BYTES, value.length - 1, (byte) 0xFF);
          value[value.length - 1] = (byte) last;
          agree(value);
        }
      }
    }
  }
}
