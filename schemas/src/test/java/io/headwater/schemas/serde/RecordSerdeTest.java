package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.schemas.Activation;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.schemas.GivenScore;
import io.headwater.schemas.Label;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class RecordSerdeTest {
  private static final Instant THEN = Instant.parse("2001-07-01T12:00:00.123Z");

  private final SchemaRegistry registry = new MemoryRegistry();
  private final RecordSerde<Label> labels = RecordSerde.json(Label.class);

  @Test
  void json_ofScore_isPlain() {
    assertThat(new String(RecordSerde.json(Score.class).write(score()), UTF_8))
        .isEqualTo(
            "{\"eventId\":\"e1\",\"eventTime\":993988800123,\"version\":\"abc\",\"stage\":\"PRODUCTION\","
                + "\"decision\":\"spam\",\"probabilities\":[0.25,0.75],\"scoredAt\":993988800123}");
  }

  @Test
  void json_ofScoreWithAllThatIsAskedFor_isPlain() {
    assertThat(new String(RecordSerde.json(Score.class).write(fullScore()), UTF_8))
        .endsWith(
            "\"decision\":\"high\",\"probabilities\":[],\"scoredAt\":993988800123,\"value\":1.5,"
                + "\"embedding\":[0.5,-1.0],\"fields\":{\"country\":\"A\\\"T\",\"amount\":12.5,"
                + "\"count\":1099511627776,\"new\":true,\"gone\":null}}");
  }

  @Test
  void passedField_thatIsNeitherPlainNorNull_isRefusedWithoutItsContent() {
    String json =
        "{\"eventId\":\"e\",\"eventTime\":1,\"version\":\"v\",\"stage\":\"SHADOW\",\"decision\":\"\","
            + "\"probabilities\":[],\"scoredAt\":1,\"fields\":{\"secret\":[]}}";
    assertThatThrownBy(() -> RecordSerde.json(Score.class).read(json.getBytes(UTF_8)))
        .isInstanceOf(SerializationException.class)
        .hasMessage("Score.fields must be one of [boolean, long, double, string], not array");
  }

  @Test
  void everyRecord_throughJsonAndAvro_comesBackEqual() {
    assertRoundTrip(Score.class, score());
    assertRoundTrip(Score.class, fullScore());
    assertRoundTrip(Example.class, example());
    assertRoundTrip(
        Example.class,
        Example.newBuilder(example())
            .setLabel("")
            .setValue(0.1)
            .setFields(Map.of("a", 1L))
            .build());
    assertRoundTrip(Label.class, Label.newBuilder().setEventId("e").setLabel("ham").build());
  }

  private <T extends SpecificRecord> void assertRoundTrip(Class<T> type, T record) {
    RecordSerde<T> json = RecordSerde.json(type);
    assertThat(json.read(json.write(record))).isEqualTo(record);
    RecordSerde<T> avro = RecordSerde.avro(type, registry);
    byte[] bytes = avro.write(record);
    assertThat(bytes[0]).isZero();
    assertThat(avro.read(bytes)).isEqualTo(record);
  }

  @Test
  void label_withoutOptionalFields_takesDefaults() {
    Label label = label("{\"eventId\":\"e\",\"label\":\"ham\",\"shoeSize\":44}");
    assertThat(label.getRevision()).isZero();
    assertThat(label.getWeight()).isEqualTo(1f);
    assertThat(label.getLabeledAt()).isNull();
    assertThat(label.getPropensity()).isNull();
  }

  @Test
  void timestamp_asMillisOrIso_isTheSame() {
    assertThat(
            label("{\"eventId\":\"e\",\"label\":\"a\",\"labeledAt\":\"2001-07-01T12:00:00.123Z\"}"))
        .isEqualTo(label("{\"eventId\":\"e\",\"label\":\"a\",\"labeledAt\":993988800123}"));
  }

  @Test
  void label_withoutRequiredField_isRefusedByName() {
    assertThatThrownBy(() -> label("{\"label\":\"a\"}"))
        .isInstanceOf(SerializationException.class)
        .hasMessage("Label.eventId is missing");
  }

  @Test
  void label_withWrongTypes_isRefusedWithoutItsContent() {
    assertThatThrownBy(() -> label("{\"eventId\":\"e\",\"label\":{\"secret\":1}}"))
        .hasMessage("Label.label must be a string, not object");
    assertThatThrownBy(() -> label("{\"eventId\":\"e\",\"label\":\"a\",\"revision\":3000000000}"))
        .hasMessageContaining("Label.revision must be a 32-bit integer");
    assertThatThrownBy(() -> label("{\"eventId\":\"e\",\"label\":\"a\",\"weight\":1e300}"))
        .hasMessageContaining("Label.weight must be a number");
    assertThatThrownBy(() -> label("{\"eventId\":\"e\",\"label\":\"a\",\"labeledAt\":\"secret\"}"))
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> label("[]")).hasMessageContaining("Label must be an object");
    assertThatThrownBy(() -> label("{\"eventId\":\"secret\" \"")).hasMessageNotContaining("secret");
    assertThatThrownBy(() -> label("{\"eventId\":\"e\",\"eventId\":\"f\",\"label\":\"a\"}"))
        .isInstanceOf(SerializationException.class);
    assertThatThrownBy(() -> label("")).isInstanceOf(SerializationException.class);
  }

  @Test
  void json_ofNonFiniteNumber_isRefused() {
    Score score = score();
    score.setProbabilities(List.of(Float.NaN, 1f));
    assertThatThrownBy(() -> RecordSerde.json(Score.class).write(score))
        .hasMessageContaining("Score.probabilities");
  }

  @Test
  void read_ofJsonBeyondTheReadingBounds_isRefused() {
    for (String hostile :
        List.of("[".repeat(100), "{\"weight\":" + "9".repeat(2000) + "}", "{\"a\":1,\"a\":2}")) {
      assertThatThrownBy(() -> labels.read(hostile.getBytes(UTF_8)))
          .isInstanceOf(SerializationException.class);
    }
  }

  @Test
  void read_ofMutatedBytes_throwsNothingElse() {
    Random random = new Random(7);
    for (RecordSerde<Example> serde :
        List.of(RecordSerde.json(Example.class), RecordSerde.avro(Example.class, registry))) {
      byte[] whole = serde.write(example());
      for (int round = 0; round < 3_000; round++) {
        byte[] bytes = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
        for (int flips = random.nextInt(4); flips >= 0; flips--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
          serde.read(bytes);
        } catch (SerializationException expected) {
          assertThat(expected).hasMessageNotContaining("e1-secret");
        }
      }
    }
  }

  @Test
  void avro_withoutFraming_saysWhatIsExpected() {
    assertThatThrownBy(() -> RecordSerde.avro(Label.class, registry).read("{}".getBytes(UTF_8)))
        .hasMessageContaining("Confluent framing");
  }

  @Test
  void avroEvent_ofProducersOwnSchema_readsAsTree() {
    RecordSerde<Example> produced = RecordSerde.avro(Example.class, registry);
    assertThat(
            new AvroEvents(registry).decode(produced.write(example())).at("/event/offset").asLong())
        .isEqualTo(42);
  }

  @Test
  void serdes_ofAvroWithoutRegistry_areRefused() {
    assertThatThrownBy(() -> new RecordSerdes(WireFormat.AVRO, null))
        .hasMessageContaining("registry");
  }

  private Label label(String json) {
    return labels.read(json.getBytes(UTF_8));
  }

  private static Score score() {
    return Score.newBuilder()
        .setEventId("e1")
        .setEventTime(THEN)
        .setVersion("abc")
        .setStage(Stage.PRODUCTION)
        .setDecision("spam")
        .setProbabilities(List.of(0.25f, 0.75f))
        .setScoredAt(THEN)
        .build();
  }

  private static Score fullScore() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("country", "A\"T");
    fields.put("amount", 12.5);
    fields.put("count", 1L << 40);
    fields.put("new", true);
    fields.put("gone", null);
    return Score.newBuilder(score())
        .setDecision("high")
        .setProbabilities(List.of())
        .setValue(1.5f)
        .setEmbedding(List.of(0.5f, -1f))
        .setFields(fields)
        .build();
  }

  private static Example example() {
    return Example.newBuilder()
        .setEventId("e1-secret")
        .setEventTime(THEN)
        .setLabel("spam")
        .setLabeledAt(THEN)
        .setScores(
            List.of(
                GivenScore.newBuilder()
                    .setVersion("v1")
                    .setStage(Stage.PRODUCTION)
                    .setDecision("ham")
                    .setProbabilities(List.of(0.5f, 0.5f))
                    .setScoredAt(THEN)
                    .build()))
        .setActivation(new Activation("prefix", ByteBuffer.wrap(new byte[] {1, 2, 3, 4})))
        .setEvent(new EventPointer("p.events", 3, 42L))
        .build();
  }
}
