package io.headwater.model.log;

import io.headwater.model.pack.Digest;
import io.headwater.model.pack.Manifests;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.sign.Purpose;
import io.headwater.model.sign.RefusedException;
import io.headwater.model.sign.Signing;
import io.headwater.schemas.BlobHint;
import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.PipelineTopics;
import io.headwater.schemas.topics.TopicCatalogue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a stage: it signs what it writes, and its transactional id fences any other.
 *
 * <p>Not safe for use by several threads. Where a call fails nothing of it becomes visible, and the
 * writer can be used again, unless it was fenced or the broker never answered a commit.
 */
public final class StageWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StageWriter.class);
  private static final RecordSerde<StageRecord> STAGE_RECORDS = RecordSerde.json(StageRecord.class);
  private static final RecordSerde<RolloutDecision> DECISIONS =
      RecordSerde.json(RolloutDecision.class);
  private static final int MAX_RECORD_BYTES = TopicCatalogue.MAX_STAGE_RECORD_BYTES + (64 << 10);

  /**
   * What one transaction wrote.
   *
   * @param bytes of blobs and manifest that it added to the log
   */
  public record Written(long epoch, long bytes, PublishedVersion version) {}

  private final PipelineTopics topics;
  private final Stage stage;
  private final Signing signing;
  private final Clock clock;
  private final LogReader log;
  private final TransactionalWriter writer;
  private long lastEpoch;

  /**
   * Becomes the stage's writer: any earlier one is fenced, and what it had not committed aborted.
   *
   * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or
   *     {@code producer.} those of one kind
   * @param signing the key to sign with, and whose records are believed to be the stage's
   * @throws RefusedException where that key is not trusted for the stage
   */
  public StageWriter(
      PipelineTopics topics,
      Stage stage,
      Map<String, Object> client,
      Signing signing,
      Clock clock) {
    signing.requireStage(topics.prefix(), stage, clock.instant());
    this.topics = topics;
    this.stage = stage;
    this.signing = signing;
    this.clock = clock;
    this.log = new LogReader(client, topics.trainerGroup());
    try {
      this.writer = new TransactionalWriter(topics.stageWriter(stage), MAX_RECORD_BYTES, client);
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /**
   * Publishes a version: the blobs that the log lacks, the stage record, the decision and the
   * reader's offsets, all in one transaction.
   *
   * @param decision on this version; its stage and its bytesPublished are filled in
   * @param offsets what had been read of the training log, committed under the trainer's group;
   *     empty where nothing was
   * @throws org.apache.kafka.common.errors.ProducerFencedException where another writer took over
   * @throws IllegalArgumentException where the decision is on another version or pipeline, or an
   *     untrained version is published beyond the candidate stage
   */
  public Written publish(
      ModelPackage version,
      RolloutDecision decision,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      Instant effectiveFrom) {
    return publish(
        version,
        decision,
        offsets,
        effectiveFrom,
        KnownBlobs.of(version.manifest(), log, topics, signing.trust().get()));
  }

  /** Publishes a version with all its blobs, as where the log has lost some that it should hold. */
  public Written publishWhole(
      ModelPackage version, RolloutDecision decision, Instant effectiveFrom) {
    return publish(version, decision, Map.of(), effectiveFrom, Map.of());
  }

  private Written publish(
      ModelPackage version,
      RolloutDecision decision,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      Instant effectiveFrom,
      Map<String, BlobHint> known) {
    Manifest manifest = version.manifest();
    byte[] bytes = Manifests.canonicalBytes(manifest);
    check(manifest, Digest.of(bytes), decision);
    int partitions = log.partitions(topics.blobs()).size();
    Place place = nextPlace();
    LiveVersion live = Placed.alone(stage, Digest.of(bytes), effectiveFrom);
    Written written =
        writer.inTransaction(
            () -> {
              BlobSender.Sent sent =
                  new BlobSender(writer, topics.blobs(), partitions).send(version, known);
              PublishedManifest published =
                  new PublishedManifest(
                      ByteBuffer.wrap(bytes),
                      signing.signer().key().id(),
                      ByteBuffer.wrap(signing.signer().sign(Purpose.MANIFEST, bytes)),
                      now(),
                      sent.hints());
              long added = sent.bytes() + bytes.length;
              StageRecord record =
                  write(List.of(live), List.of(published), decision, offsets, place, added);
              return new Written(
                  place.epoch(), added, new PublishedVersion(record, live, published, version));
            });
    settle(written.version().record());
    return written;
  }

  /**
   * Writes a version that already stands in the log onto this stage, with the decision. It is the
   * stage's only one from then on; as a canary it answers for a tenth of the keys, which {@link
   * #put} can set.
   *
   * @param decision on this version; its stage and its bytesPublished are filled in
   */
  public Written promote(
      PublishedVersion version, RolloutDecision decision, Instant effectiveFrom) {
    PublishedManifest published = version.published();
    check(version.model().manifest(), Digest.of(StageEntry.bytes(published)), decision);
    PublishedStage now = put(List.of(Placed.alone(stage, version, effectiveFrom)), decision);
    return new Written(
        now.record().getEpoch(), published.getManifest().remaining(), now.live().get(0));
  }

  /** Records a decision that publishes nothing, with the reader's offsets, in one transaction. */
  public void record(RolloutDecision decision, Map<TopicPartition, OffsetAndMetadata> offsets) {
    requirePipeline("the decision", decision.getPipeline());
    writer.inTransaction(
        () -> {
          send(decision);
          writer.sendOffsets(offsets, log.group());
          return decision;
        });
  }

  /**
   * Writes the stage's full state: these versions and no others. An empty list takes all of them
   * off, where the stage can do without.
   *
   * @param live versions that already stand in the log, in the order in which canaries get their
   *     keys
   * @param decision whose stage and bytesPublished are filled in
   * @throws IllegalArgumentException where the stage does not take so many, a share is not above 0
   *     and at most 1, a canary's shares add up to more than 1, or a version is untrained
   */
  public PublishedStage put(List<Placed> live, RolloutDecision decision) {
    requirePipeline("the decision", decision.getPipeline());
    for (Placed placed : live) {
      check(placed.version().model().manifest(), placed.version().version());
    }
    List<LiveVersion> named = live.stream().map(Placed::live).toList();
    String problem = StageShape.problem(stage, named);
    if (problem != null) {
      throw new IllegalArgumentException("the record would be refused: " + problem);
    }
    List<PublishedManifest> manifests =
        live.stream().map(placed -> placed.version().published()).toList();
    long bytes = manifests.stream().mapToLong(each -> each.getManifest().remaining()).sum();
    Place place = nextPlace();
    StageRecord record =
        writer.inTransaction(() -> write(named, manifests, decision, Map.of(), place, bytes));
    settle(record);
    List<PublishedVersion> versions = new ArrayList<>();
    for (Placed placed : live) {
      versions.add(
          new PublishedVersion(
              record, placed.live(), placed.version().published(), placed.version().model()));
    }
    return new PublishedStage(record, versions);
  }

  private StageRecord write(
      List<LiveVersion> live,
      List<PublishedManifest> manifests,
      RolloutDecision decision,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      Place place,
      long bytes) {
    StageRecord unsigned =
        StageRecord.newBuilder()
            .setPipeline(topics.prefix())
            .setStage(stage)
            .setEpoch(place.epoch())
            .setLive(live)
            .setManifests(manifests)
            .setReadTo(place.readTo())
            .setWrittenAt(now())
            .setReason(decision.getReason())
            .build();
    StageRecord record = StageSignature.sign(unsigned, signing.signer());
    byte[] value = STAGE_RECORDS.write(record);
    if (value.length > TopicCatalogue.MAX_STAGE_RECORD_BYTES) {
      throw new IllegalArgumentException(
          "the stage record has %d bytes; at most %d are read: the models have too many weights"
              .formatted(value.length, TopicCatalogue.MAX_STAGE_RECORD_BYTES));
    }
    writer.write(new ProducerRecord<>(topics.stage(stage), 0, utf8(topics.prefix()), value));
    send(RolloutDecision.newBuilder(decision).setStage(stage).setBytesPublished(bytes).build());
    writer.sendOffsets(offsets, log.group());
    return record;
  }

  private void send(RolloutDecision decision) {
    writer.write(
        new ProducerRecord<>(
            topics.rollouts(), 0, utf8(decision.getVersion()), DECISIONS.write(decision)));
  }

  /** Takes note of a record that was committed, and waits until its readers see it. */
  private void settle(StageRecord record) {
    lastEpoch = record.getEpoch();
    awaitInSight(record.getReadTo());
  }

  /** So that who is told of a version, or looks next, finds it. */
  private void awaitInSight(long offset) {
    String topic = topics.stage(stage);
    try {
      if (log.awaitInSight(new TopicPartition(topic, 0), offset)) {
        return;
      }
      LOG.warn("what was committed to {} is not in its readers' sight yet", topic);
    } catch (KafkaException e) {
      LOG.warn("{} can't be read after a commit to it", topic, e);
    }
  }

  /** Where a new record stands: its epoch, and how far the stage had been read to find it. */
  private record Place(long epoch, long readTo) {}

  private Place nextPlace() {
    StageTail tail = StageTail.read(log, topics, stage, signing.trust().get());
    if (!tail.refused().isEmpty()) {
      StageRecordException last = tail.refused().get(tail.refused().size() - 1);
      LOG.warn(
          "passed over {} records or more, lastly {}", tail.refused().size(), last.getMessage());
    }
    if (tail.vouched() >= StageEntry.MAX_EPOCH) {
      throw new IllegalStateException(
          "stage %s has no epoch left; move the pipeline to topics of a new prefix"
              .formatted(topics.stage(stage)));
    }
    // What this writer wrote last may not be in sight yet.
    return new Place(Math.max(tail.vouched(), lastEpoch) + 1, tail.next());
  }

  private void check(Manifest manifest, String version, RolloutDecision decision) {
    requirePipeline("the decision", decision.getPipeline());
    if (!decision.getVersion().equals(version)) {
      throw new IllegalArgumentException(
          "the decision is on version %s, the manifest is %s"
              .formatted(Digest.brief(decision.getVersion()), Digest.brief(version)));
    }
    check(manifest, version);
  }

  private void check(Manifest manifest, String version) {
    requirePipeline("the version", manifest.getPipeline());
    if (stage != Stage.CANDIDATE && !manifest.getTrained()) {
      throw new IllegalArgumentException(
          "version %s has an untrained head, which stage %s does not take; train it first with"
                  .formatted(Digest.brief(version), stage)
              + " `headwater train --data`");
    }
  }

  private void requirePipeline(String what, String pipeline) {
    if (!pipeline.equals(topics.prefix())) {
      throw new IllegalArgumentException(
          what + " belongs to pipeline '" + pipeline + "', the stage to '" + topics.prefix() + "'");
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      writer.close();
    } finally {
      log.close();
    }
  }
}
