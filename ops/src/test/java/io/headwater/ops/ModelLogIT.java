package io.headwater.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedStage;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageRecordException;
import io.headwater.model.log.StageSignature;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.sign.RefusedException;
import io.headwater.model.sign.Signer;
import io.headwater.model.sign.Signing;
import io.headwater.model.sign.Trust;
import io.headwater.model.sign.TrustedKey;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.schemas.BlobHint;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.PipelineTopics;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.schemas.topics.TopicSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLogIT {
  private static final int CHUNK = TopicCatalogue.MAX_CHUNK_BYTES;
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Clock CLOCK = Clock.fixed(ToyModel.THEN, ZoneOffset.UTC);
  private static final RecordSerde<StageRecord> STAGE_RECORDS = RecordSerde.json(StageRecord.class);
  private static final AtomicInteger PIPELINES = new AtomicInteger();

  @TempDir static Path data;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;

  @TempDir Path folder;
  private PipelineTopics topics;
  private ModelPackage first;

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
    topics = new PipelineTopics(String.format(Locale.ROOT, "p%d", PIPELINES.incrementAndGet()));
    try (Admin admin = Admin.create(client)) {
      List<TopicSpec> wanted = TopicCatalogue.of(topics, 1, 1, 1 << 20);
      new TopicAdmin(admin).create(wanted);
      // A busy broker may take a moment to see what its controller made.
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .untilAsserted(() -> new TopicAdmin(admin).verify(wanted));
    }
    first = ToyModel.version(topics.prefix(), 1, 3 * CHUNK + 17, CHUNK, 0, 5);
  }

  private StageWriter writer(Stage stage) {
    return new StageWriter(topics, stage, client, TestSigning.BY_PROMOTER, CLOCK);
  }

  private ModelLog log(String cache) {
    return new ModelLog(topics, client, folder.resolve(cache), TestSigning.TRUST);
  }

  private StageWriter.Written publish(Stage stage, ModelPackage version) {
    try (StageWriter writer = writer(stage)) {
      return writer.publish(version, ToyModel.decision(version), Map.of(), ToyModel.THEN);
    }
  }

  private static long size(ModelPackage version) {
    return version.manifest().getBlobs().stream().mapToLong(BlobRef::getBytes).sum();
  }

  private static void assertWhole(ModelPackage version) {
    for (BlobRef blob : version.manifest().getBlobs()) {
      assertThat(Digest.of(version.blobs().get(blob.getDigest()))).isEqualTo(blob.getDigest());
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    TopicPartition partition = new TopicPartition(topic, 0);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(POLL).forEach(records::add);
      }
    }
    return records;
  }

  private List<RolloutDecision> decisions() {
    RecordSerde<RolloutDecision> serde = RecordSerde.json(RolloutDecision.class);
    return committed(topics.rollouts()).stream().map(record -> serde.read(record.value())).toList();
  }

  /** Writes as one who is not the stage's writer could. */
  private long write(String topic, byte[] key, byte[] value)
      throws ExecutionException, InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      return producer.send(new ProducerRecord<>(topic, 0, key, value)).get().offset();
    }
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

  @Test
  void publish_firstVersion_isReadBackWhole() {
    StageWriter.Written written = publish(Stage.CANDIDATE, first);

    assertThat(written.epoch()).isEqualTo(1);
    assertThat(written.bytes())
        .isEqualTo(size(first) + written.version().published().getManifest().remaining());
    try (ModelLog log = log("cache")) {
      PublishedVersion read = log.latest(Stage.CANDIDATE).orElseThrow();
      assertThat(read.record()).isEqualTo(written.version().record());
      assertThat(read.version()).isEqualTo(first.version());
      assertThat(read.effectiveFrom()).isEqualTo(ToyModel.THEN);
      assertWhole(read.model());
      assertThat(log.latest(Stage.PRODUCTION)).isEmpty();
    }
    assertThat(decisions())
        .singleElement()
        .satisfies(
            decision -> {
              assertThat(decision.getVersion()).isEqualTo(first.version());
              assertThat(decision.getStage()).isEqualTo(Stage.CANDIDATE);
              assertThat(decision.getBytesPublished()).isEqualTo(written.bytes());
            });
  }

  @Test
  void publish_child_sendsTheHeadOnly() {
    publish(Stage.PRODUCTION, first);
    int blobsBefore = committed(topics.blobs()).size();
    ModelPackage child;
    try (ModelLog log = log("trainer")) {
      child = ToyModel.child(log.latest(Stage.PRODUCTION).orElseThrow().model(), 0.5f);

      StageWriter.Written written = publish(Stage.CANDIDATE, child);

      assertThat(written.bytes()).isLessThan(10_000);
      assertThat(committed(topics.blobs())).hasSize(blobsBefore + 1);
    }
    try (ModelLog log = log("scorer")) {
      PublishedVersion read = log.latest(Stage.CANDIDATE).orElseThrow();
      assertThat(read.version()).isEqualTo(child.version());
      assertThat(read.published().getHints()).hasSameSizeAs(child.manifest().getBlobs());
      assertWhole(read.model());
    }
  }

  @Test
  void promote_candidate_reachesTheFollowersOfProduction() {
    List<String> versions = new CopyOnWriteArrayList<>();
    List<Exception> failures = new CopyOnWriteArrayList<>();
    ModelPackage second = ToyModel.child(first, 2);
    publish(Stage.PRODUCTION, first);
    try (ModelLog log = log("cache")) {
      log.follow(
          Stage.PRODUCTION,
          POLL,
          stage -> {
            stage.live().forEach(version -> assertWhole(version.model()));
            versions.addAll(names(stage));
          },
          failures::add);
      await().atMost(SOON).untilAsserted(() -> assertThat(versions).hasSize(1));

      publish(Stage.CANDIDATE, second);
      PublishedVersion candidate = log.latest(Stage.CANDIDATE).orElseThrow();
      StageWriter.Written promoted;
      try (StageWriter writer = writer(Stage.PRODUCTION)) {
        promoted = writer.promote(candidate, ToyModel.decision(second), ToyModel.THEN);
        writer.promote(candidate, ToyModel.decision(second), ToyModel.THEN);
        writer.publish(first, ToyModel.decision(first), Map.of(), ToyModel.THEN);
      }

      assertThat(promoted.epoch()).isEqualTo(2);
      assertThat(promoted.bytes()).isLessThan(10_000);
      await().atMost(SOON).untilAsserted(() -> assertThat(versions).hasSize(3));
      assertThat(versions).containsExactly(first.version(), second.version(), first.version());
      assertThat(failures).isEmpty();
      assertThat(log.latest(Stage.PRODUCTION).orElseThrow().record().getEpoch()).isEqualTo(4);
    }
  }

  @Test
  void open_secondWriter_fencesTheFirst() {
    try (StageWriter old = writer(Stage.PRODUCTION)) {
      old.publish(first, ToyModel.decision(first), Map.of(), ToyModel.THEN);
      try (StageWriter young =
          new StageWriter(topics, Stage.PRODUCTION, client, TestSigning.BY_OTHER_PROMOTER, CLOCK)) {
        ModelPackage second = ToyModel.child(first, 2);
        assertThatExceptionOfType(ProducerFencedException.class)
            .isThrownBy(
                () -> old.publish(second, ToyModel.decision(second), Map.of(), ToyModel.THEN))
            .withMessageContaining("another writer took over as " + topics.prefix());
        assertThatExceptionOfType(IllegalStateException.class)
            .isThrownBy(() -> old.record(ToyModel.decision(second), Map.of()))
            .withMessageContaining("it was fenced");

        ModelPackage third = ToyModel.child(first, 3);
        assertThat(young.publish(third, ToyModel.decision(third), Map.of(), ToyModel.THEN).epoch())
            .isEqualTo(2);
      }
    }
    assertThat(committed(topics.stage(Stage.PRODUCTION))).hasSize(2);
  }

  @Test
  void open_withAKeyThatIsNotTheStages_isRefused() {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(
            () -> new StageWriter(topics, Stage.PRODUCTION, client, TestSigning.BY_TRAINER, CLOCK))
        .withMessageContaining("may sign for candidate, not for production");
  }

  @Test
  void promote_trainersCandidate_keepsItsMakersSignature() {
    try (StageWriter trainer =
            new StageWriter(topics, Stage.CANDIDATE, client, TestSigning.BY_TRAINER, CLOCK);
        ModelLog log = log("cache");
        StageWriter promoter = writer(Stage.PRODUCTION)) {
      trainer.publish(first, ToyModel.decision(first), Map.of(), ToyModel.THEN);
      await().atMost(SOON).until(() -> log.latest(Stage.CANDIDATE).isPresent());
      promoter.promote(
          log.latest(Stage.CANDIDATE).orElseThrow(), ToyModel.decision(first), ToyModel.THEN);

      await().atMost(SOON).until(() -> log.latest(Stage.PRODUCTION).isPresent());
      PublishedVersion production = log.latest(Stage.PRODUCTION).orElseThrow();
      assertThat(production.published().getKeyId())
          .isEqualTo(TestSigning.BY_TRAINER.signer().key().id());
      assertThat(production.record().getKeyId())
          .isEqualTo(TestSigning.BY_PROMOTER.signer().key().id());
    }
  }

  @Test
  void latest_oldRecordsWrittenAgainAtTheEnd_isStillTheLast() throws Exception {
    for (int head = 0; head < 6; head++) {
      publish(Stage.PRODUCTION, head == 0 ? first : ToyModel.child(first, head));
    }
    List<ConsumerRecord<byte[], byte[]>> records = committed(topics.stage(Stage.PRODUCTION));
    for (int copy = 0; copy < 100; copy++) {
      ConsumerRecord<byte[], byte[]> old = records.get(copy % 4);
      write(old.topic(), old.key(), old.value());
    }
    List<String> versions = new CopyOnWriteArrayList<>();
    try (ModelLog log = log("cache")) {
      assertThat(log.latest(Stage.PRODUCTION).orElseThrow().record().getEpoch()).isEqualTo(6);
      log.follow(Stage.PRODUCTION, POLL, stage -> versions.addAll(names(stage)), failure -> {});
      await().atMost(SOON).untilAsserted(() -> assertThat(versions).isNotEmpty());
    }
    assertThat(versions).containsExactly(ToyModel.child(first, 5).version());
    assertThat(publish(Stage.PRODUCTION, first).epoch()).isEqualTo(7);
  }

  @Test
  void follow_recordOfAnUnknownKey_isTakenUpOnceTheKeyIsTrusted() {
    publish(Stage.PRODUCTION, first);
    Signer signer = Signer.generate();
    Trust wider = TestSigning.ALL.with(TrustedKey.forAll("new", signer.key()));
    AtomicReference<Trust> trust = new AtomicReference<>(TestSigning.ALL);
    List<String> versions = new CopyOnWriteArrayList<>();
    List<Exception> failures = new CopyOnWriteArrayList<>();
    ModelPackage second = ToyModel.child(first, 2);
    try (ModelLog log = new ModelLog(topics, client, folder.resolve("cache"), trust::get)) {
      log.follow(Stage.PRODUCTION, POLL, stage -> versions.addAll(names(stage)), failures::add);
      await().atMost(SOON).untilAsserted(() -> assertThat(versions).hasSize(1));
      try (StageWriter writer =
          new StageWriter(
              topics, Stage.PRODUCTION, client, new Signing(signer, () -> wider), CLOCK)) {
        writer.publish(second, ToyModel.decision(second), Map.of(), ToyModel.THEN);
      }
      await().atMost(SOON).untilAsserted(() -> assertThat(failures).hasSize(1));
      assertThat(failures.get(0)).hasMessageContaining("signed by key " + signer.key().id());

      trust.set(wider);

      await().atMost(SOON).untilAsserted(() -> assertThat(versions).hasSize(2));
      assertThat(versions).containsExactly(first.version(), second.version());
    }
  }

  @Test
  void publish_afterTheLastRecordsKeyWasRevoked_goesOnAboveItsEpoch() {
    publish(Stage.PRODUCTION, first);
    ModelPackage second = ToyModel.child(first, 2);
    try (StageWriter other =
        new StageWriter(topics, Stage.PRODUCTION, client, TestSigning.BY_OTHER_PROMOTER, CLOCK)) {
      assertThat(other.publish(second, ToyModel.decision(second), Map.of(), ToyModel.THEN).epoch())
          .isEqualTo(2);
    }
    TrustedKey revoked =
        TestSigning.ALL
            .find(TestSigning.BY_OTHER_PROMOTER.signer().key().id())
            .orElseThrow()
            .asRevoked();
    Trust trust = TestSigning.ALL.with(revoked);
    Signing signing = new Signing(TestSigning.BY_PROMOTER.signer(), () -> trust);
    ModelPackage third = ToyModel.child(first, 3);
    try (ModelLog log = new ModelLog(topics, client, folder.resolve("cache"), () -> trust);
        StageWriter writer = new StageWriter(topics, Stage.PRODUCTION, client, signing, CLOCK)) {
      assertThat(log.latest(Stage.PRODUCTION).orElseThrow().version()).isEqualTo(first.version());
      assertThat(log.passedOver(Stage.PRODUCTION).orElseThrow())
          .hasMessageContaining("compromised");
      assertThat(writer.publish(third, ToyModel.decision(third), Map.of(), ToyModel.THEN).epoch())
          .isEqualTo(3);
    }
  }

  @Test
  void publish_blobThatFails_leavesNothingVisible() {
    TopicPartition examples = new TopicPartition(topics.examples(), 0);
    String last =
        first.manifest().getBlobs().get(first.manifest().getBlobs().size() - 1).getDigest();
    Blobs failing =
        digest -> {
          if (digest.equals(last)) {
            throw new MissingBlobException("gone");
          }
          return first.blobs().get(digest);
        };
    try (StageWriter writer = writer(Stage.CANDIDATE)) {
      assertThatExceptionOfType(MissingBlobException.class)
          .isThrownBy(
              () ->
                  writer.publish(
                      new ModelPackage(first.manifest(), failing),
                      ToyModel.decision(first),
                      Map.of(examples, new OffsetAndMetadata(5)),
                      ToyModel.THEN));
      assertThat(committed(topics.blobs())).isEmpty();
      assertThat(committed(topics.stage(Stage.CANDIDATE))).isEmpty();
      assertThat(decisions()).isEmpty();
      assertThat(trainerOffsets()).isEmpty();

      writer.publish(first, ToyModel.decision(first), Map.of(), ToyModel.THEN);
    }
    try (ModelLog log = log("cache")) {
      assertWhole(log.latest(Stage.CANDIDATE).orElseThrow().model());
    }
  }

  @Test
  void publish_withOffsets_commitsThemForTheTrainersGroup() {
    TopicPartition examples = new TopicPartition(topics.examples(), 0);
    try (StageWriter writer = writer(Stage.CANDIDATE)) {
      writer.publish(
          first,
          ToyModel.decision(first),
          Map.of(examples, new OffsetAndMetadata(5)),
          ToyModel.THEN);
      assertThat(trainerOffsets()).containsExactly(Map.entry(examples, new OffsetAndMetadata(5)));

      writer.record(ToyModel.decision(first), Map.of(examples, new OffsetAndMetadata(9)));
      assertThat(trainerOffsets()).containsExactly(Map.entry(examples, new OffsetAndMetadata(9)));
    }
    assertThat(decisions()).hasSize(2);
    assertThat(committed(topics.stage(Stage.CANDIDATE))).hasSize(1);
  }

  private Map<TopicPartition, OffsetAndMetadata> trainerOffsets() {
    try (Admin admin = Admin.create(client)) {
      return admin
          .listConsumerGroupOffsets(topics.trainerGroup())
          .partitionsToOffsetAndMetadata()
          .get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

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

  @Test
  void publish_decisionOnAnotherVersion_isRefused() {
    try (StageWriter writer = writer(Stage.CANDIDATE)) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(
              () ->
                  writer.publish(
                      first, ToyModel.decision(ToyModel.child(first, 2)), Map.of(), ToyModel.THEN))
          .withMessageContaining("the decision is on version");
    }
  }

  @Test
  void publish_untrainedVersionToProduction_isRefused() {
    Manifest untrained = Manifest.newBuilder(first.manifest()).setTrained(false).build();
    ModelPackage version = new ModelPackage(untrained, first.blobs());
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> publish(Stage.PRODUCTION, version))
        .withMessageContaining("untrained head, which stage PRODUCTION does not take");
    assertThat(publish(Stage.CANDIDATE, version).epoch()).isEqualTo(1);
  }

  @Test
  void latest_topicsMissing_saysHowToMakeThem() {
    try (ModelLog log =
        new ModelLog(
            new PipelineTopics("nowhere"), client, folder.resolve("cache"), TestSigning.TRUST)) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> log.latest(Stage.PRODUCTION))
          .withMessageContaining("no topic nowhere.models.production")
          .withMessageContaining("headwater topics create");
    }
  }

  private static List<String> names(PublishedStage stage) {
    return stage.live().stream().map(PublishedVersion::version).toList();
  }
}
