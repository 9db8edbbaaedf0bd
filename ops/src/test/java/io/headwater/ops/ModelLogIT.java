package io.headwater.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.sign.RefusedException;
import io.headwater.model.sign.Signer;
import io.headwater.model.sign.Signing;
import io.headwater.model.sign.Trust;
import io.headwater.model.sign.TrustedKey;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.PipelineTopics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.Test;

class ModelLogIT extends ModelLogOnBroker {
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

  private List<RolloutDecision> decisions() {
    RecordSerde<RolloutDecision> serde = RecordSerde.json(RolloutDecision.class);
    return committed(topics.rollouts()).stream().map(record -> serde.read(record.value())).toList();
  }
}
