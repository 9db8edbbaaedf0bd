package io.headwater.model.log;

import io.headwater.model.pack.Digest;
import io.headwater.model.pack.Manifests;
import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.PipelineTopics;
import io.headwater.schemas.topics.TopicCatalogue;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;

/**
 * A stage record that holds together, with the one version that it names.
 *
 * @param offset where it stands on the stage topic
 */
record StageEntry(
    StageRecord record,
    String version,
    Instant effectiveFrom,
    PublishedManifest published,
    Manifest manifest,
    long offset) {
  private static final RecordSerde<StageRecord> SERDE = RecordSerde.json(StageRecord.class);

  /**
   * Reads and checks a stage topic's record.
   *
   * @throws StageRecordException where it can't be read, belongs elsewhere, or its manifest is not
   *     the version that it names
   */
  static StageEntry read(
      PipelineTopics topics, Stage stage, ConsumerRecord<byte[], byte[]> record) {
    String at = record.topic() + "-" + record.partition() + "@" + record.offset();
    byte[] value = record.value();
    if (value == null) {
      throw new StageRecordException(at + ": the record is empty");
    }
    if (value.length > TopicCatalogue.MAX_STAGE_RECORD_BYTES) {
      throw new StageRecordException(at + ": the record has " + value.length + " bytes");
    }
    try {
      return check(topics, stage, SERDE.read(value), record.offset());
    } catch (SerializationException | IllegalArgumentException e) {
      throw new StageRecordException(at + ": " + e.getMessage(), e);
    }
  }

  private static StageEntry check(
      PipelineTopics topics, Stage stage, StageRecord record, long offset) {
    require(record.getPipeline().equals(topics.prefix()), "it belongs to another pipeline");
    require(record.getStage() == stage, "it belongs to stage " + record.getStage());
    require(record.getEpoch() >= 1, "its epoch is " + record.getEpoch() + ", below 1");
    int live = record.getLive().size();
    require(live == 1, "it names " + live + " live versions; this release scores with one");
    require(record.getManifests().size() == 1, "it does not hold exactly one manifest");
    LiveVersion version = record.getLive().get(0);
    PublishedManifest published = record.getManifests().get(0);
    byte[] bytes = bytes(published);
    require(
        Digest.of(bytes).equals(version.getVersion()),
        "its manifest is not the version that it names");
    Manifest manifest = Manifests.read(bytes);
    require(
        manifest.getPipeline().equals(topics.prefix()), "its manifest belongs to another pipeline");
    return new StageEntry(
        record, version.getVersion(), version.getEffectiveFrom(), published, manifest, offset);
  }

  /** The manifest's canonical bytes. */
  static byte[] bytes(PublishedManifest published) {
    ByteBuffer buffer = published.getManifest().duplicate();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
