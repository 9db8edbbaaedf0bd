package io.headwater.ops;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.GarbageCollector;
import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.sign.Refusal;
import io.headwater.ops.RawLog.Entry;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import io.headwater.schemas.topics.TopicCatalogue;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model log after the broker's own cleaner, and on a mirror, where offsets are others. */
class CleanedLogIT {
  private static final Duration SOON = Duration.ofSeconds(35);
  private static final Duration RETENTION = Duration.ofDays(30);
  private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofDays(60));

  /** Segments are no smaller than this on a broker of today. */
  private static final int SEGMENT = 1 << 20;

  @TempDir static Path data;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;

  @TempDir Path folder;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedBroker.start(data.resolve("first"), 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
    set(ConfigResource.Type.BROKER, "", Map.of("log.cleaner.backoff.ms", "200"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void latest_afterTheCleanerHasRun_isWholeAndWhatWasCollectedIsGone() throws Exception {
    RawLog log = new RawLog(new PipelineTopics("cleaned"), client).create();
    String topic = log.topics().blobs();
    set(
        ConfigResource.Type.TOPIC,
        topic,
        Map.of(
            "segment.bytes", Integer.toString(SEGMENT),
            "segment.ms", "200",
            "min.cleanable.dirty.ratio", "0.01",
            "max.compaction.lag.ms", "300",
            "delete.retention.ms", "100"));
    ModelPackage dead = version(log, 1);
    ModelPackage live = version(log, 2);
    publish(log, dead);
    publish(log, live);
    PublishedVersion named = publish(log, ToyModel.child(live, 1));
    GarbageCollector.Garbage garbage =
        new GarbageCollector(log.topics(), client, TestSigning.ALL, LATER)
            .collect(RETENTION, found -> true);
    Set<String> buried = digests(dead);
    assertThat(garbage.digests()).containsAll(buried);
    int before = Committed.records(broker.bootstrapServers(), topic).size();

    // The segment that is written to is never cleaned: others' chunks close it.
    await()
        .pollInterval(Duration.ofMillis(300))
        .atMost(SOON)
        .until(
            () -> {
              log.write(topic, RawLog.chunks(Digest.of(new byte[] {7}), new byte[] {7}));
              return Committed.records(broker.bootstrapServers(), topic).stream()
                  .noneMatch(chunk -> chunk.value() != null && buried.contains(digest(chunk)));
            });

    assertThat(Committed.records(broker.bootstrapServers(), topic)).hasSizeLessThan(before);
    try (ModelLog fresh =
        new ModelLog(
            log.topics(), ReadCounter.counting(client), folder.resolve("a"), TestSigning.TRUST)) {
      assertWhole(fresh.latest(Stage.PRODUCTION).orElseThrow(), named.version());
      assertThat(ReadCounter.records(topic)).isLessThan(before);
      List<PublishedVersion> past = new ArrayList<>();
      fresh.history(Stage.PRODUCTION, record -> past.addAll(record.live()), refused -> {});
      assertThat(past.get(0).version()).isEqualTo(dead.version());
      assertThatThrownBy(() -> assertWhole(past.get(0), dead.version()))
          .isInstanceOf(MissingBlobException.class)
          .hasMessageContaining("blobs not whole on " + topic);
    }
  }

  @Test
  void latest_onAMirrorWhereEverythingLiesElsewhere_isTheSameVersion() throws Exception {
    RawLog source = new RawLog(new PipelineTopics("mirrored"), client).create();
    publish(source, version(source, 1));
    ModelPackage live = version(source, 2);
    for (int head = 0; head < 5; head++) {
      publish(source, ToyModel.child(live, head));
    }
    String current = ToyModel.child(live, 4).version();
    try (EmbeddedBroker other = EmbeddedBroker.start(data.resolve("second"), 0)) {
      RawLog further =
          new RawLog(source.topics(), Map.of("bootstrap.servers", other.bootstrapServers()));
      further.create();
      List<Entry> junk = new ArrayList<>();
      for (int i = 0; i < 37; i++) {
        junk.add(new Entry(new byte[] {(byte) i}, new byte[1_000]));
      }
      further.write(source.topics().blobs(), junk);
      further.write(source.topics().stage(Stage.PRODUCTION), junk);
      mirror(source, further, source.topics());
      assertThat(loaded(further, "further")).isEqualTo(current);
      assertThat(publish(further, ToyModel.child(live, 9)).record().getEpoch()).isEqualTo(7);
    }
  }

  @Test
  void latest_onAMirrorWithoutMarkersBetween_isTheSameVersionAndSafeFromReplays() throws Exception {
    RawLog source = new RawLog(new PipelineTopics("thinned"), client).create();
    ModelPackage live = version(source, 1);
    for (int head = 0; head < 6; head++) {
      publish(source, ToyModel.child(live, head));
    }
    try (EmbeddedBroker other = EmbeddedBroker.start(data.resolve("third"), 0)) {
      RawLog nearer =
          new RawLog(source.topics(), Map.of("bootstrap.servers", other.bootstrapServers()));
      nearer.create();
      mirror(source, nearer, source.topics());
      List<Entry> old = new ArrayList<>();
      entries(source, source.topics().stage(Stage.PRODUCTION)).stream()
          .limit(3)
          .forEach(record -> old.addAll(List.of(record, record, record, record)));
      nearer.write(source.topics().stage(Stage.PRODUCTION), old);

      assertThat(loaded(nearer, "nearer")).isEqualTo(ToyModel.child(live, 5).version());
    }
  }

  @Test
  void latest_onTopicsOfAnotherName_isRefused() {
    RawLog source = new RawLog(new PipelineTopics("named"), client).create();
    RawLog renamed = new RawLog(new PipelineTopics("renamed"), client).create();
    publish(source, version(source, 1));
    mirror(source, renamed, renamed.topics());
    try (ModelLog log = open(renamed, "renamed")) {
      assertThat(log.latest(Stage.PRODUCTION)).isEmpty();
      assertThat(log.passedOver(Stage.PRODUCTION).orElseThrow().refusal())
          .isEqualTo(Refusal.WRONG_PIPELINE);
    }
  }

  private static ModelPackage version(RawLog log, long seed) {
    return ToyModel.version(log.topics().prefix(), seed, TopicCatalogue.MAX_CHUNK_BYTES + 9, 40);
  }

  private static PublishedVersion publish(RawLog log, ModelPackage version) {
    try (StageWriter writer =
        new StageWriter(
            log.topics(),
            Stage.PRODUCTION,
            log.client(),
            TestSigning.BY_PROMOTER,
            Clock.systemUTC())) {
      return writer.publish(version, ToyModel.decision(version), Map.of(), ToyModel.THEN).version();
    }
  }

  /** As mirroring tools do: committed records, in order, without their markers. */
  private static void mirror(RawLog from, RawLog to, PipelineTopics names) {
    to.write(names.blobs(), entries(from, from.topics().blobs()));
    to.write(names.stage(Stage.PRODUCTION), entries(from, from.topics().stage(Stage.PRODUCTION)));
  }

  private static List<Entry> entries(RawLog log, String topic) {
    return Committed.records(log.client().get("bootstrap.servers").toString(), topic).stream()
        .map(record -> new Entry(record.key(), record.value()))
        .toList();
  }

  private ModelLog open(RawLog log, String cache) {
    return new ModelLog(log.topics(), log.client(), folder.resolve(cache), TestSigning.TRUST);
  }

  /** The version in production, once each of its blobs was read. */
  private String loaded(RawLog log, String cache) {
    try (ModelLog opened = open(log, cache)) {
      PublishedVersion latest = opened.latest(Stage.PRODUCTION).orElseThrow();
      assertWhole(latest, latest.version());
      return latest.version();
    }
  }

  private static void assertWhole(PublishedVersion read, String version) {
    assertThat(read.version()).isEqualTo(version);
    for (String digest : digests(read.model())) {
      assertThat(Digest.of(read.model().blobs().get(digest))).isEqualTo(digest);
    }
  }

  private static Set<String> digests(ModelPackage version) {
    Set<String> digests = new HashSet<>();
    for (BlobRef blob : version.manifest().getBlobs()) {
      digests.add(blob.getDigest());
    }
    return digests;
  }

  private static String digest(ConsumerRecord<byte[], byte[]> chunk) {
    return new String(chunk.key(), 0, 64, US_ASCII);
  }

  private static void set(ConfigResource.Type type, String name, Map<String, String> values)
      throws Exception {
    List<AlterConfigOp> changes = new ArrayList<>();
    values.forEach(
        (key, value) ->
            changes.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
    try (Admin admin = Admin.create(client)) {
      admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name), changes)).all().get();
    }
  }
}
