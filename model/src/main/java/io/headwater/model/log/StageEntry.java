package io.headwater.model.log;

import io.headwater.model.pack.Digest;
import io.headwater.model.pack.Manifests;
import io.headwater.model.sign.Purpose;
import io.headwater.model.sign.Refusal;
import io.headwater.model.sign.RefusedException;
import io.headwater.model.sign.Trust;
import io.headwater.model.sign.TrustedKey;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.record.TimestampType;

/**
 * A stage record that is signed by one who may, and holds together, with the versions that it
 * names.
 *
 * @param live in the record's order
 * @param offset where it stands on the stage topic
 */
record StageEntry(StageRecord record, List<Live> live, long offset) {
  /** One version of a stage, and what the record holds of it. */
  record Live(LiveVersion live, PublishedManifest published, Manifest manifest) {
    String version() {
      return live.getVersion();
    }
  }

  /** Epochs end here: a promotion a millisecond for 34 years. */
  static final long MAX_EPOCH = 1L << 40;

  private static final RecordSerde<StageRecord> SERDE = RecordSerde.json(StageRecord.class);

  /**
   * Reads and checks a stage topic's record: its size, its form, its signature, what it is about,
   * whether the key may sign that, then the rest.
   *
   * @throws StageRecordException where any of it fails
   */
  static StageEntry read(
      PipelineTopics topics, Stage stage, Trust trust, ConsumerRecord<byte[], byte[]> record) {
    String at = record.topic() + "-" + record.partition() + "@" + record.offset() + ": ";
    StageRecord read = parse(at, record.value());
    try {
      TrustedKey key =
          trust.signedBy(
              "the record",
              read.getKeyId(),
              read.getSignature(),
              Purpose.STAGE_RECORD,
              StageSignature.covered(read));
      require(
          read.getPipeline().equals(topics.prefix()),
          Refusal.WRONG_PIPELINE,
          "it belongs to another pipeline");
      require(
          read.getStage() == stage, Refusal.WRONG_STAGE, "it belongs to stage " + read.getStage());
      requireAllowed(at, key, topics, stage, read, signedBefore(record));
      return check(topics, trust, read, record.offset());
    } catch (RefusedException e) {
      throw new StageRecordException(e.refusal(), at + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new StageRecordException(Refusal.CONTRADICTION, at + e.getMessage());
    }
  }

  private static StageRecord parse(String at, byte[] value) {
    if (value == null) {
      throw new StageRecordException(Refusal.UNREADABLE, at + "the record is empty");
    }
    if (value.length > TopicCatalogue.MAX_STAGE_RECORD_BYTES) {
      throw new StageRecordException(
          Refusal.UNREADABLE, at + "the record has " + value.length + " bytes");
    }
    try {
      return SERDE.read(value);
    } catch (SerializationException e) {
      throw new StageRecordException(Refusal.UNREADABLE, at + e.getMessage());
    }
  }

  /** The broker's clock where it stamps records; a time that the writer set proves nothing. */
  private static Instant signedBefore(ConsumerRecord<byte[], byte[]> record) {
    return record.timestampType() == TimestampType.LOG_APPEND_TIME
        ? Instant.ofEpochMilli(record.timestamp())
        : Instant.MAX;
  }

  private static void requireAllowed(
      String at, TrustedKey key, PipelineTopics topics, Stage stage, StageRecord read, Instant by) {
    try {
      key.requireStage(topics.prefix(), stage, by);
    } catch (RefusedException e) {
      throw new StageRecordException(e.refusal(), at + e.getMessage(), read.getEpoch());
    }
  }

  private static StageEntry check(
      PipelineTopics topics, Trust trust, StageRecord record, long offset) {
    long epoch = record.getEpoch();
    require(epoch >= 1, Refusal.OLD_EPOCH, "its epoch is " + epoch + ", below 1");
    require(
        epoch <= MAX_EPOCH,
        Refusal.EPOCH_JUMP,
        "its epoch is " + epoch + ", above " + MAX_EPOCH + ", where epochs end");
    String problem = StageShape.problem(record.getStage(), record.getLive());
    require(problem == null, String.valueOf(problem));
    require(
        record.getManifests().size() == record.getLive().size(),
        "it does not hold exactly one manifest for each version");
    Map<String, Live> held = new HashMap<>();
    for (PublishedManifest published : record.getManifests()) {
      Live version = version(topics, trust, record, published);
      held.put(version.version(), version);
    }
    return new StageEntry(
        record,
        record.getLive().stream().map(LiveVersion::getVersion).map(held::get).toList(),
        offset);
  }

  private static Live version(
      PipelineTopics topics, Trust trust, StageRecord record, PublishedManifest published) {
    byte[] bytes = bytes(published);
    trust
        .signedBy(
            "its manifest", published.getKeyId(), published.getSignature(), Purpose.MANIFEST, bytes)
        .requireManifest(topics.prefix(), published.getPublishedAt());
    String digest = Digest.of(bytes);
    LiveVersion live =
        record.getLive().stream()
            .filter(named -> named.getVersion().equals(digest))
            .findFirst()
            .orElseThrow(
                () ->
                    new RefusedException(
                        Refusal.CONTRADICTION, "its manifest is not the version that it names"));
    Manifest manifest = Manifests.read(bytes);
    require(
        manifest.getPipeline().equals(topics.prefix()),
        Refusal.WRONG_PIPELINE,
        "its manifest belongs to another pipeline");
    return new Live(live, published, manifest);
  }

  /** The manifest's canonical bytes. */
  static byte[] bytes(PublishedManifest published) {
    ByteBuffer buffer = published.getManifest().duplicate();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static void require(boolean holds, String problem) {
    require(holds, Refusal.CONTRADICTION, problem);
  }

  private static void require(boolean holds, Refusal refusal, String problem) {
    if (!holds) {
      throw new RefusedException(refusal, problem);
    }
  }
}
