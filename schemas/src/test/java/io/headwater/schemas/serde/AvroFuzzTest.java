package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.schemas.Label;
import io.headwater.schemas.fuzz.Fuzz;
import io.headwater.schemas.fuzz.Mutation;
import io.headwater.schemas.fuzz.Untrusted;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.kafka.common.errors.SerializationException;

/** Producers' Avro, by schemas of their own, ends in a tree, a record or the declared exception. */
class AvroFuzzTest {
  private static final String SECRET = "sEcReT";
  private static final MemoryRegistry REGISTRY = new MemoryRegistry();
  private static final RecordSerde<Label> LABELS = RecordSerde.avro(Label.class, REGISTRY);
  private static final AvroEvents EVENTS = new AvroEvents(REGISTRY);

  /** Every type, and a branch that goes on for as long as the bytes say. */
  private static final Schema SCHEMA =
      new Schema.Parser()
          .parse(
              """
              {"type":"record","name":"Sale","namespace":"shop","fields":[
               {"name":"id","type":"string"},
               {"name":"next","type":["null","Sale"]},
               {"name":"prices","type":{"type":"array","items":"double"}},
               {"name":"by","type":{"type":"map","values":{"type":"array","items":"float"}}},
               {"name":"photo","type":"bytes"},
               {"name":"hash","type":{"type":"fixed","name":"Hash","size":4}},
               {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A","B"]}},
               {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
               {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9}},
               {"name":"day","type":{"type":"int","logicalType":"date"}},
               {"name":"one","type":["null","string","long",{"type":"array","items":"int"}]},
               {"name":"flag","type":"boolean"}]}
              """);

  private static final byte[] SALE = Untrusted.sound(sale(), EVENTS::decode);
  private static final byte[] LABEL =
      Untrusted.sound(
          LABELS.write(Label.newBuilder().setEventId("e").setLabel("good").build()), LABELS::read);

  private static GenericData.Record record(String id, GenericData.Record next) {
    GenericData.Record sale = new GenericData.Record(SCHEMA);
    sale.put("id", id);
    sale.put("next", next);
    sale.put("prices", List.of(1.5, -2.0));
    sale.put("by", Map.of(SECRET, List.of(0.5f)));
    sale.put("photo", ByteBuffer.wrap(new byte[] {1, 2, 3}));
    sale.put("hash", new GenericData.Fixed(SCHEMA.getField("hash").schema(), new byte[4]));
    sale.put("kind", new GenericData.EnumSymbol(SCHEMA.getField("kind").schema(), "B"));
    sale.put("at", 1_700_000_000_000L);
    sale.put("price", ByteBuffer.wrap(new byte[] {1, 2}));
    sale.put("day", 20_000);
    sale.put("one", List.of(1, 2));
    sale.put("flag", true);
    return sale;
  }

  private static byte[] sale() {
    return FramedAvro.write(
        REGISTRY.register("sales", SCHEMA),
        new GenericDatumWriter<>(SCHEMA),
        record("a", record("b", null)));
  }

  private static JsonNode event(byte[] bytes) {
    try {
      return EVENTS.decode(bytes);
    } catch (SerializationException e) {
      assertThat(e).hasMessageNotContaining(SECRET);
      throw e;
    }
  }

  /** The frame stays, or most bytes would end there. */
  private static byte[] framed(byte[] seed, Mutation mutation) {
    byte[] body = mutation.of(Arrays.copyOfRange(seed, 5, seed.length));
    return ByteBuffer.allocate(5 + body.length).put(seed, 0, 5).put(body).array();
  }

  @Fuzz
  void read_event_isReadOrRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation, @ForAll boolean frame) {
    byte[] bytes = frame ? mutation.of(SALE, LABEL) : framed(SALE, mutation);
    Untrusted.read(bytes, AvroFuzzTest::event, SerializationException.class);
  }

  @Fuzz
  void read_label_isReadOrRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation, @ForAll boolean frame) {
    byte[] bytes = frame ? mutation.of(LABEL, SALE) : framed(LABEL, mutation);
    Untrusted.read(bytes, LABELS::read, SerializationException.class);
  }

  private static byte[] claiming(String fields, byte[] body) {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type":"record","name":"Label","namespace":"io.headwater.schemas","fields":[
                 {"name":"eventId","type":"string"},{"name":"label","type":"string"},%s]}
                """
                    .formatted(fields));
    int id = REGISTRY.register("hostile", schema);
    return ByteBuffer.allocate(7 + body.length)
        .put((byte) 0)
        .putInt(id)
        .putShort((short) 0)
        .put(body)
        .array();
  }

  @Example
  void read_depthThatTheBytesChoose_isRefused() {
    byte[] deep = new byte[500_000];
    Arrays.fill(deep, (byte) 2);
    byte[] bytes =
        claiming(
            """
            {"name":"x","type":{"type":"record","name":"E","fields":[
             {"name":"n","type":["null","E"]}]}}""",
            deep);
    assertThatThrownBy(() -> LABELS.read(bytes))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("nested too deeply");
    assertThatThrownBy(() -> EVENTS.decode(bytes)).isInstanceOf(SerializationException.class);
    byte[] fewer = Arrays.copyOf(bytes, 7 + 100);
    fewer[fewer.length - 1] = 0;
    assertThatThrownBy(() -> EVENTS.decode(fewer))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("nested deeper than 64");
  }

  @Example
  void read_millionsOfNothing_areRefused() {
    byte[] claim = {(byte) 0xC0, (byte) 0xC8, (byte) 0xB8, 0x09, 0};
    for (String items :
        List.of(
            "\"null\"",
            "{\"type\":\"fixed\",\"name\":\"F\",\"size\":0}",
            "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"n\",\"type\":\"null\"}]}")) {
      byte[] bytes =
          claiming("{\"name\":\"x\",\"type\":{\"type\":\"array\",\"items\":" + items + "}}", claim);
      for (Untrusted.Decoder<?> decoder :
          List.<Untrusted.Decoder<?>>of(EVENTS::decode, LABELS::read)) {
        assertThat(Untrusted.read(bytes, decoder, SerializationException.class)).isEmpty();
      }
    }
  }

  @Example
  void read_timeThatAvroCannotHold_isRefused() {
    byte[] json =
        "{\"eventId\":\"e\",\"label\":\"a\",\"labeledAt\":\"+1000000000-01-01T00:00:00Z\"}"
            .getBytes(UTF_8);
    assertThatThrownBy(() -> RecordSerde.json(Label.class).read(json))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("labeledAt");
  }
}
