package io.headwater.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.StageSignature;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.Refusal;
import io.headwater.model.sign.Signer;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerStatus;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What a scorer does with events and stage records that no one should have sent. */
class HostileScorerIT extends ScorerOnBroker {
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
}
