package io.headwater.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.log.ModelLog;
import io.headwater.model.log.StageSignature;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.sign.Refusal;
import io.headwater.model.sign.Signer;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.ops.registry.ByHand;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerOptions;
import io.headwater.stream.ScorerStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScorerIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String MINILM = "/all-minilm-l6-v2-q";
  private static final int MIB = 1 << 20;

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<ScorerApp> scorers = new ArrayList<>();
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @AfterEach
  void closeScorers() {
    assertThat(sent).allSatisfy(record -> assertThat(record).succeedsWithin(SOON));
    scorers.forEach(ScorerApp::close);
  }

  @Test
  void start_withoutProductionVersion_waitsAndSaysSo() {
    ScorerApp scorer = start(pipeline("waiting"));
    assertThat(scorer.status().state()).isEqualTo(ScorerStatus.State.WAITING_FOR_MODEL);
    assertThat(scorer.status().detail()).isEqualTo("waiting for a trained version in production");
  }

  @Test
  void badEvents_amongGoodOnes_eachBecomeOneDeadLetter() {
    Pipeline pipeline = pipeline("poison");
    publish(pipeline, version(pipeline));
    Map<String, byte[]> bad = new TreeMap<>();
    bad.put("not-json", "hello".getBytes(UTF_8));
    bad.put("no-field", "{\"id\":\"x\",\"time\":\"2020-01-01T00:00:00Z\"}".getBytes(UTF_8));
    bad.put("no-id", "{\"text\":\"x\",\"time\":\"2020-01-01T00:00:00Z\"}".getBytes(UTF_8));
    bad.put("negative-time", event("x", "-1"));
    bad.put("of-1970", event("x", "\"1970-01-02T00:00:00Z\""));
    bad.put("of-2099", event("x", "\"2099-01-01T00:00:00Z\""));
    bad.put("too-large", event("y".repeat(2 * MIB), "0"));
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      send(producer, pipeline, "null", null);
      bad.forEach((key, value) -> send(producer, pipeline, key, value));
      for (int i = 0; i < 50; i++) {
        send(producer, pipeline, "good" + i, event("good" + i, "\"2020-01-01T00:00:00Z\""));
      }
    }
    start(pipeline);
    await()
        .atMost(SOON)
        .until(
            () ->
                read(pipeline.topics().scores()).size() >= 50
                    && read(pipeline.topics().deadLetters()).size() > bad.size());
    Map<String, String> reasons = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> letter : read(pipeline.topics().deadLetters())) {
      String key = new String(letter.key(), UTF_8);
      assertThat(reasons).doesNotContainKey(key);
      assertThat(letter.value()).isEqualTo(bad.get(key));
      reasons.put(key, new String(letter.headers().lastHeader("hw_reason").value(), UTF_8));
    }
    assertThat(reasons)
        .isEqualTo(
            new TreeMap<>(
                Map.of(
                    "null", "null-value",
                    "not-json", "malformed",
                    "no-field", "missing-field",
                    "no-id", "missing-field",
                    "negative-time", "time-out-of-bounds",
                    "of-1970", "time-out-of-bounds",
                    "of-2099", "time-out-of-bounds",
                    "too-large", "too-large")));
    assertThat(ids(pipeline)).hasSize(50);
  }

  @Test
  void hostileRecords_areDeadLettersOrScores_andTheirNeighboursAreScored() {
    Pipeline pipeline =
        pipeline("odd-events", "windows: { over: { day: { features: { n: {} } } } }");
    publish(pipeline, version(pipeline));
    String time = "\"2020-01-01T00:00:00Z\"";
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      send(producer, pipeline, "before", event("before", time));
      send(producer, pipeline, "4MB", event("y".repeat(4_000_000), time));
      send(producer, pipeline, "empty", new byte[0]);
      send(producer, pipeline, "bad-utf8", "{\"id\":\"\u00ff\"}".getBytes(ISO_8859_1));
      send(producer, pipeline, "deep", "[".repeat(500_000).getBytes(UTF_8));
      send(producer, pipeline, "NaN", event("x", "NaN"));
      send(producer, pipeline, "surrogate-id", event("\\ud800", time));
      ProducerRecord<byte[], byte[]> huge = record(pipeline, "huge-header", event("h", time));
      huge.headers().add("h", new byte[2 * MIB]);
      sent.add(producer.send(huge));
      ProducerRecord<byte[], byte[]> many = record(pipeline, "many-headers", event("many", time));
      for (int i = 0; i < 5_000; i++) {
        many.headers().add("hw_" + i, new byte[] {1}).add("__streams.errors." + i, null);
      }
      sent.add(producer.send(many));
      send(
          producer,
          pipeline,
          "surrogate",
          "{\"id\":\"s\",\"time\":%s,\"text\":\"\\ud800 \\udc00\"}"
              .formatted(time)
              .getBytes(UTF_8));
      send(producer, pipeline, "after", event("after", time));
    }
    start(pipeline);
    // Partitions commit apart from one another.
    await()
        .atMost(SOON)
        .until(
            () ->
                read(pipeline.topics().scores()).size() >= 4
                    && read(pipeline.topics().deadLetters()).size() >= 7);
    assertThat(ids(pipeline)).containsExactlyInAnyOrder("before", "many", "s", "after");
    assertThat(read(pipeline.topics().scores()))
        .allSatisfy(score -> assertThat(score.headers().toArray()).hasSize(2));
    assertThat(read(pipeline.topics().deadLetters()))
        .extracting(letter -> new String(letter.key(), UTF_8))
        .containsExactlyInAnyOrder(
            "4MB", "empty", "bad-utf8", "deep", "NaN", "surrogate-id", "huge-header");
  }

  @Test
  void labelsPartitionedOtherwise_join_andWindowsSurviveTheLossOfTheirState() throws Exception {
    Pipeline pipeline =
        pipeline("cards", "windows: { by: card, over: { day: { features: { n: {} } } } }");
    publish(pipeline, version(pipeline));
    int cards = 5;
    int events = 60;
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < events; i++) {
        sendSale(producer, pipeline, i, cards);
        String label = "{\"eventId\":\"sale%d\",\"label\":\"ham\",\"labeledAt\":%d}";
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    pipeline.topics().labels(),
                    ("sale" + i).getBytes(UTF_8),
                    label.formatted(i, 1_577_836_900_000L).getBytes(UTF_8))));
      }
    }
    ScorerApp first = start(pipeline);
    await().atMost(SOON).until(() -> read(pipeline.topics().examples()).size() >= events);
    assertThat(read(pipeline.topics().examples())).hasSize(events);
    first.close();
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = events; i < events + cards; i++) {
        sendSale(producer, pipeline, i, cards);
      }
    }
    start(pipeline, folder.resolve("cards-with-nothing-kept"));
    await().atMost(SOON).until(() -> ids(pipeline).size() >= events + cards);
    ObjectMapper json = new ObjectMapper();
    List<Integer> counts = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> enriched : read(pipeline.topics().enriched())) {
      JsonNode event = json.readTree(enriched.value());
      if (event.get("number").asInt() >= events) {
        counts.add(event.at("/hw/day/n").asInt());
      }
    }
    assertThat(counts).hasSize(cards).containsOnly(events / cards + 1);
  }

  /** Sends an event to the partition where librdkafka would put it. */
  private void sendSale(
      KafkaProducer<byte[], byte[]> producer, Pipeline pipeline, int number, int cards) {
    byte[] key = ("sale" + number).getBytes(UTF_8);
    CRC32 crc = new CRC32();
    crc.update(key);
    String sale =
        "{\"id\":\"sale%d\",\"card\":\"c%d\",\"number\":%d,\"time\":%d,\"text\":\"one sale\"}"
            .formatted(number, number % cards, number, 1_577_836_800_000L + number);
    sent.add(
        producer.send(
            new ProducerRecord<>(
                pipeline.topics().events(),
                (int) (crc.getValue() % pipeline.wire().partitions()),
                key,
                sale.getBytes(UTF_8))));
  }

  @Test
  void restartAndSwaps_underLoad_loseAndDoubleNothing() {
    Pipeline pipeline = pipeline("load");
    ModelPackage version = version(pipeline);
    publish(pipeline, version);
    int events = 1_500;
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < events; i++) {
        send(producer, pipeline, "e" + i, event("e" + i, "\"2020-01-01T00:00:00Z\""));
      }
    }
    ScorerApp first = start(pipeline);
    await().atMost(SOON).until(() -> read(pipeline.topics().scores()).size() > 100);
    first.close();
    ScorerApp second = start(pipeline);
    for (int swap = 1; swap <= 3; swap++) {
      ModelPackage next =
          version.withHeadWeights(
              Map.of("head.output.bias", new float[] {swap, -swap}), lineage(), null, List.of());
      publish(pipeline, next);
      await().atMost(SOON).until(() -> next.version().equals(second.status().version()));
    }
    await().atMost(SOON).until(() -> read(pipeline.topics().scores()).size() >= events);
    List<String> ids = ids(pipeline);
    assertThat(ids).hasSize(events);
    assertThat(new HashSet<>(ids)).hasSize(events);
    assertThat(read(pipeline.topics().deadLetters())).isEmpty();
  }

  @Test
  void hostileStageRecords_leaveTheScorerScoringWithItsVersion() {
    Pipeline pipeline = pipeline("hostile");
    ModelPackage version = version(pipeline);
    publish(pipeline, version);
    ScorerApp scorer = start(pipeline);
    await().atMost(SOON).until(() -> scorer.status().state() == ScorerStatus.State.RUNNING);
    String topic = pipeline.topics().stage(Stage.PRODUCTION);
    StageRecord sound = production(pipeline);
    Map<Refusal, byte[]> hostile = hostile(sound);
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      hostile.forEach(
          (refusal, record) -> {
            sent.add(producer.send(new ProducerRecord<>(topic, record)));
            await().atMost(SOON).until(() -> refused(refusal) == 1);
          });
      for (int i = 0; i < 20; i++) {
        send(producer, pipeline, "after" + i, event("after" + i, "\"2020-01-01T00:00:00Z\""));
      }
    }
    await().atMost(SOON).until(() -> read(pipeline.topics().scores()).size() >= 20);
    assertThat(scorer.status().version()).isEqualTo(version.version());
    assertThat(scorer.status().state()).isEqualTo(ScorerStatus.State.RUNNING);
    assertThat(scorer.status().detail()).contains("refused", "goes on scoring");
    scorer.close();

    ScorerApp again = start(pipeline);
    await().atMost(SOON).until(() -> again.status().state() == ScorerStatus.State.RUNNING);
    assertThat(again.status().version()).isEqualTo(version.version());
  }

  private double refused(Refusal refusal) {
    return registry
        .get("headwater.stage.refused")
        .tags("stage", "production", "reason", refusal.code())
        .counter()
        .count();
  }

  private static StageRecord production(Pipeline pipeline) {
    try (ModelLog log =
        new ModelLog(pipeline.topics(), client, folder.resolve("looked-at"), TestSigning.TRUST)) {
      return log.latest(Stage.PRODUCTION).orElseThrow().record();
    }
  }

  private static Map<Refusal, byte[]> hostile(StageRecord sound) {
    Signer promoter = TestSigning.BY_PROMOTER.signer();
    RecordSerde<StageRecord> serde = RecordSerde.json(StageRecord.class);
    StageRecord next = StageRecord.newBuilder(sound).setEpoch(sound.getEpoch() + 1).build();
    StageRecord last = StageRecord.newBuilder(sound).setEpoch(Long.MAX_VALUE).build();
    StageRecord elsewhere = StageRecord.newBuilder(next).setPipeline("other").build();
    StageRecord candidate = StageRecord.newBuilder(next).setStage(Stage.CANDIDATE).build();
    StageRecord empty = StageRecord.newBuilder(next).setLive(List.of()).build();
    Map<Refusal, byte[]> hostile = new EnumMap<>(Refusal.class);
    hostile.put(Refusal.UNREADABLE, "[]".getBytes(UTF_8));
    hostile.put(Refusal.UNSIGNED, serde.write(StageRecord.newBuilder(next).setKeyId("").build()));
    hostile.put(Refusal.UNKNOWN_KEY, serde.write(StageSignature.sign(next, Signer.generate())));
    hostile.put(Refusal.BAD_SIGNATURE, serde.write(next));
    hostile.put(Refusal.WRONG_PIPELINE, serde.write(StageSignature.sign(elsewhere, promoter)));
    hostile.put(Refusal.WRONG_STAGE, serde.write(StageSignature.sign(candidate, promoter)));
    hostile.put(
        Refusal.KEY_NOT_ALLOWED,
        serde.write(StageSignature.sign(next, TestSigning.BY_TRAINER.signer())));
    hostile.put(Refusal.OLD_EPOCH, serde.write(sound));
    hostile.put(Refusal.EPOCH_JUMP, serde.write(StageSignature.sign(last, promoter)));
    hostile.put(Refusal.CONTRADICTION, serde.write(StageSignature.sign(empty, promoter)));
    return hostile;
  }

  private static Pipeline pipeline(String name) {
    return pipeline(name, "");
  }

  private static Pipeline pipeline(String name, String more) {
    Pipeline pipeline =
        PipelineFile.parse(
            name + ".yaml",
            """
            pipeline: %s
            partitions: 2
            event: { id: id, time: time }
            model: { pretrained: all-minilm-l6-v2-q }
            features:
              text: { type: text, fields: [text], maxTokens: 32 }
            labels: [ham, spam]
            %s
            """
                .formatted(name, more));
    int maxBytes = pipeline.event().maxBytes();
    try (Admin admin = Admin.create(client)) {
      TopicAdmin topics = new TopicAdmin(admin);
      topics.create(TopicCatalogue.of(pipeline.topics(), 2, 1, maxBytes));
      if (pipeline.windows() != null) {
        topics.create(List.of(TopicCatalogue.enriched(pipeline.topics(), 2, 1, maxBytes)));
      }
    }
    return pipeline;
  }

  private static ModelPackage version(Pipeline pipeline) {
    ModelPackage untrained =
        TransferImport.sentenceEncoder(
            pipeline, "minilm", resource(".onnx"), resource("-tokenizer.json"), 1);
    return untrained.withHeadWeights(
        Map.of("head.output.bias", new float[] {0.5f, 0}), lineage(), null, List.of());
  }

  private static byte[] resource(String suffix) {
    try (InputStream in =
        Objects.requireNonNull(ScorerIT.class.getResourceAsStream(MINILM + suffix))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Lineage lineage() {
    return Lineage.newBuilder()
        .setRanges(List.of())
        .setExampleCount(0)
        .setSeed(1)
        .setSettings(List.of())
        .setRuntime(List.of())
        .setFreeze("head")
        .setFreezeReason("test")
        .build();
  }

  private static void publish(Pipeline pipeline, ModelPackage version) {
    new ByHand(pipeline, client, TestSigning.BY_PROMOTER, Clock.systemUTC())
        .publish(version, Stage.PRODUCTION, "test", false);
  }

  private ScorerApp start(Pipeline pipeline) {
    return start(pipeline, folder.resolve(pipeline.name()));
  }

  private ScorerApp start(Pipeline pipeline, Path state) {
    ScorerApp scorer =
        new ScorerApp(pipeline, client, ScorerOptions.defaults(state), TestSigning.TRUST, registry);
    scorers.add(scorer);
    scorer.start();
    return scorer;
  }

  private static byte[] event(String text, String time) {
    String id = text.length() > 100 ? "large" : text;
    return "{\"id\":\"%s\",\"time\":%s,\"text\":\"%s\"}".formatted(id, time, text).getBytes(UTF_8);
  }

  private static KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size", 8 * MIB),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private void send(
      KafkaProducer<byte[], byte[]> producer, Pipeline pipeline, String key, byte[] value) {
    sent.add(producer.send(record(pipeline, key, value)));
  }

  private static ProducerRecord<byte[], byte[]> record(
      Pipeline pipeline, String key, byte[] value) {
    return new ProducerRecord<>(pipeline.topics().events(), key.getBytes(UTF_8), value);
  }

  private static List<String> ids(Pipeline pipeline) {
    RecordSerde<Score> scores = RecordSerde.json(Score.class);
    return read(pipeline.topics().scores()).stream()
        .map(record -> scores.read(record.value()).getEventId())
        .toList();
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    return CommittedRecords.of(topic, broker.bootstrapServers());
  }
}
