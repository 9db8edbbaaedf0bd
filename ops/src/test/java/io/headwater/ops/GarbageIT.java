package io.headwater.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.GarbageCollector;
import io.headwater.model.log.ModelLog;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.sign.Signer;
import io.headwater.model.sign.Signing;
import io.headwater.model.sign.Trust;
import io.headwater.model.sign.TrustedKey;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.schemas.topics.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GarbageIT {
  private static final int CHUNK = TopicCatalogue.MAX_CHUNK_BYTES;
  private static final Duration RETENTION = Duration.ofDays(30);
  private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofDays(60));
  private static final AtomicInteger PIPELINES = new AtomicInteger();
  private static final Signer SIGNER = Signer.generate();
  private static final Trust TRUST = Trust.of(TrustedKey.forAll("test", SIGNER.key()));

  @TempDir static Path data;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;

  @TempDir Path folder;
  private PipelineTopics topics;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(data, 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopics() {
    topics = new PipelineTopics("gc" + PIPELINES.incrementAndGet());
    try (Admin admin = Admin.create(client)) {
      List<TopicSpec> wanted = TopicCatalogue.of(topics, 1, 1, 1 << 20);
      new TopicAdmin(admin).create(wanted);
      // A busy broker may take a moment to see what its controller made.
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(() -> new TopicAdmin(admin).verify(wanted));
    }
  }

  private GarbageCollector collector(Clock clock) {
    return new GarbageCollector(topics, client, TRUST, clock);
  }

  private StageWriter.Written publish(Stage stage, ModelPackage version) {
    try (StageWriter writer =
        new StageWriter(
            topics, stage, client, new Signing(SIGNER, () -> TRUST), Clock.systemUTC())) {
      return writer.publish(version, ToyModel.decision(version), Map.of(), ToyModel.THEN);
    }
  }

  private ModelPackage version(long seed) {
    return ToyModel.version(topics.prefix(), seed, CHUNK + 9, 40);
  }

  private void assertWhole(Stage stage, ModelPackage expected, String cache) {
    try (ModelLog log = new ModelLog(topics, client, folder.resolve(cache), () -> TRUST)) {
      ModelPackage read = log.latest(stage).orElseThrow().model();
      assertThat(read.version()).isEqualTo(expected.version());
      for (BlobRef blob : read.manifest().getBlobs()) {
        assertThat(read.blobs().get(blob.getDigest())).hasSize((int) blob.getBytes());
      }
    }
  }

  /** What compaction will leave: the last record of each key. */
  private Map<String, byte[]> compacted() {
    Map<String, byte[]> left = new HashMap<>();
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    TopicPartition partition = new TopicPartition(topics.blobs(), 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          String key = new String(record.key(), StandardCharsets.UTF_8);
          if (record.value() == null) {
            left.remove(key);
          } else {
            left.put(key, record.value());
          }
        }
      }
    }
    return left;
  }

  private void assertSurvives(ModelPackage version) {
    Map<String, byte[]> left = compacted();
    for (BlobRef blob : version.manifest().getBlobs()) {
      assertThat(left).containsKey(blob.getDigest() + "/00000");
    }
  }

  @Test
  void collect_supersededBeyondRetention_goesAndWhatIsLiveStays() {
    ModelPackage old = version(1);
    ModelPackage live = version(2);
    publish(Stage.PRODUCTION, old);
    publish(Stage.PRODUCTION, live);
    ModelPackage candidate = ToyModel.child(live, 3);
    publish(Stage.CANDIDATE, candidate);

    GarbageCollector.Garbage garbage = collector(LATER).collect(RETENTION, found -> true);

    assertThat(garbage.digests())
        .containsExactlyInAnyOrderElementsOf(
            old.manifest().getBlobs().stream().map(BlobRef::getDigest).toList());
    assertThat(garbage.chunks()).isEqualTo(garbage.digests().size() + 1);
    assertThat(compacted().keySet())
        .noneMatch(key -> garbage.digests().contains(key.substring(0, 64)));
    assertSurvives(live);
    assertSurvives(candidate);
    assertWhole(Stage.PRODUCTION, live, "production");
    assertWhole(Stage.CANDIDATE, candidate, "candidate");
    assertThat(collector(LATER).collect(RETENTION, found -> true).digests()).isEmpty();
  }

  @Test
  void collect_supersededWithinRetention_staysForARollback() {
    ModelPackage old = version(1);
    publish(Stage.PRODUCTION, old);
    publish(Stage.PRODUCTION, version(2));

    assertThat(collector(Clock.systemUTC()).collect(RETENTION, found -> true).digests()).isEmpty();

    assertSurvives(old);
  }

  @Test
  void collect_toldNotTo_writesNothing() {
    publish(Stage.PRODUCTION, version(1));
    publish(Stage.PRODUCTION, version(2));
    Map<String, byte[]> before = compacted();

    assertThat(collector(LATER).collect(RETENTION, found -> false).digests()).isNotEmpty();

    assertThat(compacted().keySet()).isEqualTo(before.keySet());
  }

  @Test
  void collect_garbagePublishedAgainWhileItIsCollected_survivesCompaction() {
    ModelPackage old = version(1);
    publish(Stage.PRODUCTION, old);
    publish(Stage.PRODUCTION, version(2));
    List<List<String>> asked = new ArrayList<>();

    GarbageCollector.Garbage garbage =
        collector(LATER)
            .collect(
                RETENTION,
                found -> {
                  asked.add(found.digests());
                  if (asked.size() == 1) {
                    publish(Stage.CANDIDATE, old);
                  }
                  return true;
                });

    assertThat(asked.get(0)).isNotEmpty();
    assertThat(garbage.digests()).isEmpty();
    assertSurvives(old);
    assertWhole(Stage.CANDIDATE, old, "cache");
  }

  @Test
  void collect_chunksOfGarbageInAnOpenTransaction_buriesNone() throws Exception {
    ModelPackage old = version(1);
    publish(Stage.PRODUCTION, old);
    publish(Stage.PRODUCTION, version(2));
    Map<String, byte[]> before = compacted();
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("transactional.id", topics.prefix() + "-other");
    String digest = old.manifest().getBlobs().get(0).getDigest();
    byte[] key = (digest + "/00000").getBytes(StandardCharsets.UTF_8);
    try (KafkaProducer<byte[], byte[]> other =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      other.initTransactions();
      other.beginTransaction();
      other.send(new ProducerRecord<>(topics.blobs(), 0, key, new byte[3])).get();
      CompletableFuture<GarbageCollector.Garbage> collecting =
          CompletableFuture.supplyAsync(() -> collector(LATER).collect(RETENTION, found -> true));
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> collecting.get(2, TimeUnit.SECONDS));
      assertThat(compacted().keySet()).isEqualTo(before.keySet());

      other.abortTransaction();

      assertThat(collecting.get(30, TimeUnit.SECONDS).digests()).contains(digest);
    }
  }

  @Test
  void collect_withoutTheKeysThatSigned_refuses() {
    publish(Stage.PRODUCTION, version(1));
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                new GarbageCollector(topics, client, Trust.of(), LATER)
                    .collect(RETENTION, found -> true))
        .withMessageContaining("nothing was collected")
        .withMessageContaining("--keys");
  }

  @Test
  void collect_retentionBelowAnHour_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> collector(LATER).collect(Duration.ofMinutes(59), found -> true));
  }

  @Test
  void publishWhole_afterChunksWereTombstoned_mendsTheLog() throws Exception {
    ModelPackage version = version(1);
    publish(Stage.PRODUCTION, version);
    BlobRef lost =
        version.manifest().getBlobs().stream().filter(b -> b.getBytes() == 40).findAny().get();
    recreateWithout(lost.getDigest());
    try (ModelLog log = new ModelLog(topics, client, folder.resolve("a"), () -> TRUST)) {
      assertThatExceptionOfType(MissingBlobException.class)
          .isThrownBy(
              () ->
                  log.latest(Stage.PRODUCTION).orElseThrow().model().blobs().get(lost.getDigest()))
          .withMessageContaining("chunk 0 was deleted by a tombstone")
          .withMessageContaining("headwater model publish --whole");
    }

    try (StageWriter writer =
        new StageWriter(
            topics,
            Stage.PRODUCTION,
            client,
            new Signing(SIGNER, () -> TRUST),
            Clock.systemUTC())) {
      StageWriter.Written written =
          writer.publishWhole(version, ToyModel.decision(version), ToyModel.THEN);
      assertThat(written.bytes()).isGreaterThan(CHUNK);
    }

    assertWhole(Stage.PRODUCTION, version, "b");
  }

  private void cleanupPolicy(String policy) throws Exception {
    try (Admin admin = Admin.create(client)) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topics.blobs()),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("cleanup.policy", policy), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  /** The blob topic of a log whose cleaner has run: the tombstone alone is left of one blob. */
  private void recreateWithout(String digest) throws Exception {
    Map<String, byte[]> before = compacted();
    cleanupPolicy("delete");
    try (Admin admin = Admin.create(client)) {
      TopicPartition blobs = new TopicPartition(topics.blobs(), 0);
      admin.deleteRecords(Map.of(blobs, RecordsToDelete.beforeOffset(-1))).all().get();
    }
    cleanupPolicy("compact");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (Map.Entry<String, byte[]> chunk : before.entrySet()) {
        byte[] value = chunk.getKey().startsWith(digest) ? null : chunk.getValue();
        producer
            .send(
                new ProducerRecord<>(
                    topics.blobs(), 0, chunk.getKey().getBytes(StandardCharsets.UTF_8), value))
            .get();
      }
    }
  }
}
