package io.headwater.stream;

import static io.headwater.stream.DrivenScorer.header;
import static io.headwater.stream.DrivenScorer.raw;
import static io.headwater.stream.TestPipelines.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Regression;
import io.headwater.model.pipeline.ScoreContents;
import io.headwater.schemas.Example;
import io.headwater.schemas.Label;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.AvroEvents;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.schemas.serde.SchemaRegistry;
import io.headwater.schemas.serde.WireFormat;
import io.headwater.stream.score.Member;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputsTopologyTest {
  private static final Schema CARD =
      new Schema.Parser()
          .parse(
              """
              {"type":"record","name":"Card","fields":[
               {"name":"id","type":"string"},{"name":"at","type":"long"},
               {"name":"text","type":"string"},{"name":"amount","type":"double"},
               {"name":"count","type":"long"},{"name":"chip","type":"boolean"},
               {"name":"shop","type":{"type":"record","name":"Shop","fields":[
                {"name":"country","type":["null","string"]}]}}]}
              """);

  private static final Regression LENGTHS =
      new Regression(Regression.Loss.SQUARED, 1, Map.of("long", 10.0), "");

  private @TempDir Path state;
  private final MemoryRegistry registry = new MemoryRegistry();

  /** Ids by order of registration. */
  private static final class MemoryRegistry implements SchemaRegistry {
    private final List<Schema> schemas = new ArrayList<>();

    @Override
    public int register(String subject, Schema schema) {
      if (!schemas.contains(schema)) {
        schemas.add(schema);
      }
      return schemas.indexOf(schema);
    }

    @Override
    public Schema byId(int id) {
      return schemas.get(id);
    }
  }

  private static ScoreContents contents(int maxFieldBytes, boolean embedding) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("country", "shop.country");
    fields.put("amount", "amount");
    fields.put("count", "count");
    fields.put("chip", "chip");
    return new ScoreContents(fields, maxFieldBytes, embedding, null, null, List.of(), 10);
  }

  private DrivenScorer json(ScoreContents contents) {
    return new DrivenScorer(TestPipelines.carrying(contents, null), state);
  }

  private static String card(String id, String country) {
    return ("{\"id\":\"%s\",\"at\":%d,\"text\":\"quite a good one\",\"amount\":12.5,\"count\":3,"
            + "\"chip\":true,\"shop\":{%s}}")
        .formatted(id, NOW.toEpochMilli(), country);
  }

  private static Score score(TestRecord<byte[], byte[]> record) {
    return RecordSerde.json(Score.class).read(record.value());
  }

  @Test
  void score_ofPassedFields_hasThem_andSoHasTheExample() {
    try (DrivenScorer scorer = json(contents(4096, false))) {
      raw(scorer.events, "k", card("e1", "\"country\":\"AT\""));
      Score score = score(scorer.scores.readRecord());
      assertThat(score.getFields())
          .containsOnly(
              entry("country", "AT"),
              entry("amount", 12.5),
              entry("count", 3L),
              entry("chip", true));
      assertThat(score.getEmbedding()).isNull();
      assertThat(score.getValue()).isNull();
      scorer.label("e1", "good", NOW, 0);
      assertThat(scorer.examples())
          .singleElement()
          .extracting(Example::getFields)
          .isEqualTo(score.getFields());
    }
  }

  @Test
  void missingField_passesAsNull_andIsCounted() {
    try (DrivenScorer scorer = json(contents(4096, false))) {
      raw(scorer.events, "k", card("e1", ""));
      assertThat(score(scorer.scores.readRecord()).getFields()).containsEntry("country", null);
      assertThat(scorer.registry.get("headwater.fields.missing").counter().count()).isEqualTo(1);
    }
  }

  @Test
  void nestedField_passesAsItsJsonText() {
    ScoreContents shop =
        new ScoreContents(Map.of("shop", "shop"), 4096, false, null, null, List.of(), 10);
    try (DrivenScorer scorer = json(shop)) {
      raw(scorer.events, "k", card("e1", "\"country\":\"AT\""));
      assertThat(score(scorer.scores.readRecord()).getFields())
          .containsEntry("shop", "{\"country\":\"AT\"}");
    }
  }

  @Test
  void fieldsAboveTheirBound_endAsADeadLetter_andNothingIsCut() {
    try (DrivenScorer scorer = json(contents(60, false))) {
      raw(scorer.events, "k", card("e1", "\"country\":\"" + "x".repeat(40) + "\""));
      raw(scorer.events, "k", card("e2", "\"country\":\"" + "x".repeat(36) + "\""));
      assertThat(score(scorer.scores.readRecord()).getEventId()).isEqualTo("e2");
      TestRecord<byte[], byte[]> letter = scorer.dead.readRecord();
      assertThat(header(letter, "hw_reason")).isEqualTo("too-large");
      assertThat(header(letter, "__streams.errors.message"))
          .contains("scores.maxFieldBytes of 60")
          .doesNotContain("xx");
      assertThat(scorer.scores.isEmpty()).isTrue();
    }
  }

  @Test
  void embedding_thatIsAskedFor_isInServedScoresAndThoseBeside() {
    try (DrivenScorer scorer = json(contents(4096, true))) {
      scorer.model.challengers.add(FakeScoring.member(Stage.SHADOW, "v2"));
      raw(scorer.events, "k", card("e1", ""));
      assertThat(score(scorer.scores.readRecord()).getEmbedding()).containsExactly(16f, 2f);
      Score beside = score(scorer.shadowScores.readRecord());
      assertThat(beside.getEmbedding()).containsExactly(16f, 2f);
      assertThat(beside.getFields()).containsEntry("amount", 12.5);
    }
  }

  @Test
  void embedding_whereACanaryServes_isTheCanarys_andTheChampionsBeside() {
    try (DrivenScorer scorer = json(contents(4096, true))) {
      scorer.model.challengers.add(new Member(Stage.CANARY, "v2", 1, "salt", Instant.EPOCH));
      scorer.model.backbones.put("v2", 3f);
      raw(scorer.events, "k", card("e1", ""));
      Score served = score(scorer.scores.readRecord());
      assertThat(served.getVersion()).isEqualTo("v2");
      assertThat(served.getEmbedding()).containsExactly(16f, 3f);
      Score beside = score(scorer.shadowScores.readRecord());
      assertThat(beside.getVersion()).isEqualTo("v1");
      assertThat(beside.getEmbedding()).containsExactly(16f, 2f);
    }
  }

  @Test
  void slimScore_hasNothingBesides() {
    try (DrivenScorer scorer = json(ScoreContents.SLIM)) {
      raw(scorer.events, "k", card("e1", ""));
      assertThat(new String(scorer.scores.readRecord().value(), UTF_8))
          .doesNotContain("fields", "embedding", "value");
    }
  }

  @Test
  void numberLabels_joinValues_whateverComesAsANumber() {
    Pipeline pipeline = TestPipelines.carrying(contents(4096, false), LENGTHS);
    try (DrivenScorer scorer = new DrivenScorer(pipeline, state)) {
      scorer.model.numbers = true;
      raw(scorer.events, "k", card("e1", ""));
      Score score = score(scorer.scores.readRecord());
      assertThat(score.getValue()).isEqualTo(16f);
      assertThat(score.getProbabilities()).isEmpty();
      assertThat(score.getDecision()).isEqualTo("long");
      String label = "{\"eventId\":\"e1\",\"labeledAt\":%d,%s}";
      raw(scorer.labels, "k", label.formatted(NOW.toEpochMilli(), "\"value\":17.25"));
      raw(
          scorer.labels,
          "k",
          label.formatted(NOW.toEpochMilli(), "\"label\":\"18\",\"revision\":1"));
      raw(
          scorer.labels,
          "k",
          label.formatted(NOW.toEpochMilli(), "\"label\":\"long\",\"revision\":2"));
      List<Example> examples = scorer.examples();
      assertThat(examples).extracting(Example::getValue).containsExactly(17.25, 18.0);
      assertThat(examples).extracting(Example::getLabel).containsOnly("");
      assertThat(examples.get(0).getScores().get(0).getValue()).isEqualTo(16f);
      assertThat(header(scorer.dead.readRecord(), "hw_reason")).isEqualTo("unknown-label");
    }
  }

  @Test
  void numberLabel_whereLabelsAreClasses_isADeadLetter() {
    try (DrivenScorer scorer = json(ScoreContents.SLIM)) {
      raw(scorer.labels, "k", "{\"eventId\":\"e1\",\"value\":3}");
      raw(scorer.labels, "k", "{\"eventId\":\"e1\"}");
      assertThat(scorer.dead.readValuesToList()).hasSize(2);
    }
  }

  @Test
  void avro_hasWhatJsonHas() throws IOException {
    RecordSerdes serdes = new RecordSerdes(WireFormat.AVRO, registry);
    Pipeline pipeline = TestPipelines.carrying(contents(4096, true), LENGTHS);
    try (DrivenScorer scorer =
        new DrivenScorer(pipeline, state, serdes, new AvroEvents(registry))) {
      scorer.model.numbers = true;
      scorer.events.pipeInput(new byte[] {1}, avroCard(), NOW);
      Score score = serdes.of(Score.class).read(scorer.scores.readRecord().value());
      assertThat(score.getValue()).isEqualTo(16f);
      assertThat(score.getEmbedding()).containsExactly(16f, 2f);
      assertThat(score.getFields())
          .containsOnly(
              entry("country", null),
              entry("amount", 12.5),
              entry("count", 3L),
              entry("chip", true));
      Label label = Label.newBuilder().setEventId("e1").setLabeledAt(NOW).setValue(0.1).build();
      scorer.labels.pipeInput(new byte[] {1}, serdes.of(Label.class).write(label), NOW);
      Example example = serdes.of(Example.class).read(scorer.examples.readRecord().value());
      assertThat(example.getValue()).isEqualTo(0.1);
      assertThat(example.getFields()).isEqualTo(score.getFields());
    }
  }

  private byte[] avroCard() throws IOException {
    GenericData.Record shop = new GenericData.Record(CARD.getField("shop").schema());
    GenericData.Record card = new GenericData.Record(CARD);
    card.put("id", "e1");
    card.put("at", NOW.toEpochMilli());
    card.put("text", "quite a good one");
    card.put("amount", 12.5);
    card.put("count", 3L);
    card.put("chip", true);
    card.put("shop", shop);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(registry.register("c", CARD)).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericData.Record>(CARD).write(card, encoder);
    encoder.flush();
    return out.toByteArray();
  }
}
