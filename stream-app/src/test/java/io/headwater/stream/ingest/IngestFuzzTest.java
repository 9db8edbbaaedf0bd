package io.headwater.stream.ingest;

import static io.headwater.stream.TestPipelines.CLOCK;
import static io.headwater.stream.TestPipelines.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Pipeline.OutOfBounds;
import io.headwater.schemas.Label;
import io.headwater.schemas.fuzz.Fuzz;
import io.headwater.schemas.fuzz.Mutation;
import io.headwater.schemas.fuzz.Untrusted;
import io.headwater.schemas.serde.AvroEvents;
import io.headwater.schemas.serde.EventDecoder;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.SchemaRegistry;
import io.headwater.stream.TestPipelines;
import java.util.List;
import net.jqwik.api.ForAll;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/** Whatever a record holds, it is taken within its bounds or refused with a reason; none throws. */
class IngestFuzzTest {
  private static final String SECRET = "sEcReT";
  private static final TimeBounds BOUNDS =
      new TimeBounds(TestPipelines.event("id", "at", OutOfBounds.DEAD_LETTER), CLOCK);
  private static final JsonEvents DECODER = new JsonEvents(1_000);

  /** Labels are the one record type of an Avro topic here, so that a Label serves as event, too. */
  private static final SchemaRegistry REGISTRY =
      new SchemaRegistry() {
        @Override
        public int register(String subject, Schema schema) {
          return 1;
        }

        @Override
        public Schema byId(int id) {
          if (id != 1) {
            throw new SerializationException("no schema under id " + id);
          }
          return Label.getClassSchema();
        }
      };

  private static final RecordSerde<Label> AVRO = RecordSerde.avro(Label.class, REGISTRY);
  private static final byte[] EVENT =
      ("{\"id\":\"e\",\"at\":\"" + NOW + "\",\"text\":\"" + SECRET + "\",\"n\":[1,-2.5e3,null]}")
          .getBytes(UTF_8);
  private static final byte[] LABEL =
      ("{\"eventId\":\"e\",\"label\":\"good\",\"labeledAt\":\""
              + NOW
              + "\",\"source\":\""
              + SECRET
              + "\",\"revision\":1,\"weight\":0.5,\"propensity\":0.25}")
          .getBytes(UTF_8);
  private static final byte[] AVRO_LABEL = AVRO.write(RecordSerde.json(Label.class).read(LABEL));

  private static EventReader reader(String id, String time, EventDecoder decoder) {
    return new EventReader(TestPipelines.event(id, time, OutOfBounds.DEAD_LETTER), decoder, BOUNDS);
  }

  private static LabelReader labels(RecordSerde<Label> serde) {
    return new LabelReader(serde, List.of("bad", "good"), BOUNDS);
  }

  private static void requireTold(Rejection rejection) {
    assertThat(rejection.message()).isNotBlank().doesNotContain(SECRET).hasSizeLessThan(500);
    // The fallback for what no decoder is known to throw.
    assertThat(rejection.message()).doesNotContain("could not be decoded");
  }

  private static Ingested read(EventReader reader, byte[] key, byte[] value) {
    Ingested read = reader.read(key, value, NOW.toEpochMilli());
    if (read instanceof Event event) {
      assertThat(event.id()).isNotEmpty().hasSizeLessThanOrEqualTo(EventReader.MAX_ID_CHARS);
      assertThat(event.body().isObject()).isTrue();
      assertThat(BOUNDS.clamp(event.time())).isEqualTo(event.time());
    } else {
      requireTold((Rejection) read);
    }
    return read;
  }

  private static LabelRead read(LabelReader reader, byte[] value) {
    LabelRead read = reader.read(value, value.length, NOW.toEpochMilli());
    if (read instanceof LabelRead.Taken taken) {
      assertThat(taken.label().getLabel()).isIn("bad", "good");
      assertThat(taken.label().getWeight()).isPositive().isFinite();
      assertThat(BOUNDS.clamp(taken.labeledAt())).isEqualTo(taken.labeledAt());
    } else {
      requireTold((Rejection) read);
    }
    return read;
  }

  @Fuzz
  void read_jsonEvent_isTakenOrRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation, @ForAll byte[] key) {
    byte[] bytes = mutation.of(EVENT, LABEL);
    EventReader inFields = reader("id", "at", DECODER);
    EventReader inRecord = reader("$key", "$timestamp", DECODER);
    Untrusted.read(bytes, value -> read(inFields, key, value), NoException.class);
    Untrusted.read(bytes, value -> read(inRecord, key, value), NoException.class);
  }

  /** The decoder alone: it has no reader's bound on the length before it. */
  @Fuzz
  void decode_json_isDecodedOrRefused(@ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    Untrusted.read(mutation.of(EVENT, LABEL), DECODER::decode, SerializationException.class);
  }

  @Fuzz
  void read_avroEvent_isTakenOrRefused(@ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    EventReader reader = reader("eventId", "labeledAt", new AvroEvents(REGISTRY));
    Untrusted.read(mutation.of(AVRO_LABEL), value -> read(reader, null, value), NoException.class);
  }

  @Fuzz
  void read_jsonLabel_isTakenOrRefused(@ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    LabelReader reader = labels(RecordSerde.json(Label.class));
    Untrusted.read(mutation.of(LABEL, EVENT), value -> read(reader, value), NoException.class);
  }

  @Fuzz
  void read_avroLabel_isTakenOrRefused(@ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    LabelReader reader = labels(AVRO);
    Untrusted.read(mutation.of(AVRO_LABEL, EVENT), value -> read(reader, value), NoException.class);
  }

  /** Readers answer with a rejection and declare nothing. */
  private static final class NoException extends Exception {
    private static final long serialVersionUID = 1;
  }
}
