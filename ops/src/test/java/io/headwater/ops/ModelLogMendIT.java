package io.headwater.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageRecordException;
import io.headwater.model.log.StageSignature;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.BlobHint;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** A model log among damaged caches, altered topics, junk and aborted transactions. */
class ModelLogMendIT extends ModelLogOnBroker {
  private static final RecordSerde<StageRecord> STAGE_RECORDS = RecordSerde.json(StageRecord.class);

  @Test
  void get_cacheFileDamaged_isFetchedAgain() throws IOException {
    publish(Stage.PRODUCTION, first);
    String damaged = first.manifest().getSegments().get(0).getWeights().get(0).getDigest();
    Path file = folder.resolve("cache").resolve(damaged);
    try (ModelLog log = log("cache")) {
      PublishedVersion version = log.latest(Stage.PRODUCTION).orElseThrow();
      assertWhole(version.model());
      byte[] bytes = Files.readAllBytes(file);
      bytes[9] ^= 4;
      Files.write(file, bytes);

      assertWhole(version.model());

      assertThat(Digest.of(Files.readAllBytes(file))).isEqualTo(damaged);
    }
  }

  @Test
  void get_hintsThatPointElsewhere_scansTheTopic() throws Exception {
    PublishedVersion published = publish(Stage.PRODUCTION, first).version();
    List<BlobHint> wrong =
        published.published().getHints().stream()
            .map(
                hint ->
                    new BlobHint(
                        hint.getDigest(),
                        hint.getOffsets().size() % 2 == 0 ? 3 : 0,
                        hint.getOffsets().stream().map(offset -> offset * 1000 + 1).toList()))
            .toList();
    writeRecord(
        again(published, 2).setManifests(List.of(withHints(published.published(), wrong))).build());

    try (ModelLog log = log("cache")) {
      PublishedVersion read = log.latest(Stage.PRODUCTION).orElseThrow();
      assertThat(read.record().getEpoch()).isEqualTo(2);
      assertWhole(read.model());
    }
  }

  @Test
  void get_bitFlippedOnTheTopic_isRefusedUntilTheBlobIsThereAgain() throws Exception {
    PublishedVersion published =
        publish(Stage.CANDIDATE, ToyModel.version(topics.prefix(), 2, 64)).version();
    ModelPackage model = published.model();
    String digest = model.manifest().getSegments().get(0).getWeights().get(0).getDigest();
    byte[] key = (digest + "/00000").getBytes(StandardCharsets.UTF_8);
    byte[] good = model.blobs().get(digest);
    byte[] flipped = good.clone();
    flipped[5] ^= 1;
    // What compaction leaves of a chunk that was written again: the last record.
    replaceBlobTopic(published, key, flipped);

    List<String> versions = new CopyOnWriteArrayList<>();
    List<Exception> failures = new CopyOnWriteArrayList<>();
    try (ModelLog log = log("cache")) {
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThatExceptionOfType(MissingBlobException.class)
                      .isThrownBy(
                          () ->
                              log.latest(Stage.CANDIDATE).orElseThrow().model().blobs().get(digest))
                      .withMessageContaining(digest + " (64 bytes): 1 of 1 chunks found"));
      log.follow(Stage.CANDIDATE, POLL, stage -> versions.addAll(names(stage)), failures::add);
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(failures).hasAtLeastOneElementOfType(MissingBlobException.class));
      assertThat(versions).isEmpty();

      write(topics.blobs(), key, good);

      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(versions).containsExactly(model.version()));
    }
  }

  private void cleanupPolicy(String policy) throws ExecutionException, InterruptedException {
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

  private void replaceBlobTopic(PublishedVersion published, byte[] key, byte[] value)
      throws ExecutionException, InterruptedException {
    TopicPartition blobs = new TopicPartition(topics.blobs(), 0);
    List<ConsumerRecord<byte[], byte[]>> before = committed(topics.blobs());
    cleanupPolicy("delete");
    try (Admin admin = Admin.create(client)) {
      admin.deleteRecords(Map.of(blobs, RecordsToDelete.beforeOffset(-1))).all().get();
    }
    cleanupPolicy("compact");
    assertThat(published.published().getHints()).isNotEmpty();
    for (ConsumerRecord<byte[], byte[]> record : before) {
      boolean replaced = Arrays.equals(record.key(), key);
      write(blobs.topic(), record.key(), replaced ? value : record.value());
    }
  }

  @Test
  void follow_recordsOfNoUse_areReportedAndFollowingGoesOn() throws Exception {
    PublishedVersion published = publish(Stage.PRODUCTION, first).version();
    List<String> versions = new CopyOnWriteArrayList<>();
    List<Exception> failures = new CopyOnWriteArrayList<>();
    try (ModelLog log = log("cache")) {
      log.follow(
          Stage.PRODUCTION,
          POLL,
          stage -> {
            versions.addAll(names(stage));
            if (versions.size() == 2) {
              throw new IllegalStateException("does not load");
            }
          },
          failures::add);
      await().atMost(SOON).untilAsserted(() -> assertThat(versions).hasSize(1));

      write(topics.stage(Stage.PRODUCTION), null, "{".getBytes(StandardCharsets.UTF_8));
      write(topics.stage(Stage.PRODUCTION), null, null);
      writeRecord(again(published, 1).build());
      writeRecord(again(published, 9).setPipeline("other").build());
      ModelPackage second = ToyModel.child(first, 2);
      StageWriter.Written written = publish(Stage.PRODUCTION, second);

      await().atMost(SOON).untilAsserted(() -> assertThat(failures).hasSize(5));
      assertThat(written.epoch()).isEqualTo(2);
      assertThat(versions).containsExactly(first.version(), second.version());
      assertThat(failures.subList(0, 4)).hasOnlyElementsOfType(StageRecordException.class);
      assertThat(failures.get(2)).hasMessageContaining("its epoch is 1 after 1; epochs only grow");
      assertThat(failures.get(4)).hasMessage("does not load");
    }
  }

  @Test
  void follow_afterARestart_startsAtTheLastRecordFromTheCache() throws Exception {
    publish(Stage.PRODUCTION, first);
    ModelPackage second = ToyModel.child(first, 2);
    publish(Stage.PRODUCTION, second);
    List<String> versions = new CopyOnWriteArrayList<>();
    List<Exception> failures = new CopyOnWriteArrayList<>();
    for (int start = 1; start <= 2; start++) {
      int wanted = start;
      try (ModelLog log = log("cache")) {
        log.follow(Stage.PRODUCTION, POLL, stage -> versions.addAll(names(stage)), failures::add);
        await().atMost(SOON).untilAsserted(() -> assertThat(versions).hasSize(wanted));
      }
      try (Admin admin = Admin.create(client)) {
        if (start == 1) {
          admin.deleteTopics(List.of(topics.blobs())).all().get();
        }
      }
    }
    assertThat(versions).containsExactly(second.version(), second.version());
    assertThat(failures).isEmpty();
  }

  @Test
  void latest_behindAbortedTransactionsAndJunk_isFound() throws Exception {
    publish(Stage.CANDIDATE, first);
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("transactional.id", topics.prefix() + "-aborts");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (int i = 0; i < 10; i++) {
        producer.beginTransaction();
        producer
            .send(new ProducerRecord<>(topics.stage(Stage.CANDIDATE), 0, null, new byte[1]))
            .get();
        producer.abortTransaction();
      }
    }
    write(topics.stage(Stage.CANDIDATE), null, new byte[] {'?'});

    try (ModelLog log = log("cache")) {
      assertThat(log.latest(Stage.CANDIDATE))
          .map(PublishedVersion::version)
          .contains(first.version());
    }
    assertThat(publish(Stage.CANDIDATE, ToyModel.child(first, 2)).epoch()).isEqualTo(2);
  }

  private void writeRecord(StageRecord record) throws ExecutionException, InterruptedException {
    write(
        topics.stage(Stage.PRODUCTION),
        topics.prefix().getBytes(StandardCharsets.UTF_8),
        STAGE_RECORDS.write(StageSignature.sign(record, TestSigning.BY_PROMOTER.signer())));
  }

  private static StageRecord.Builder again(PublishedVersion version, long epoch) {
    return StageRecord.newBuilder(version.record()).setEpoch(epoch);
  }

  private static PublishedManifest withHints(PublishedManifest published, List<BlobHint> hints) {
    return new PublishedManifest(
        published.getManifest().duplicate(),
        published.getKeyId(),
        published.getSignature().duplicate(),
        published.getPublishedAt(),
        hints);
  }
}
