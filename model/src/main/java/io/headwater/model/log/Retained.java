package io.headwater.model.log;

import io.headwater.model.pack.Manifests;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * The blobs that one stage's history still needs: those of the record in force, of each record that
 * was in force after the cutoff, and of refused records younger than it.
 *
 * <p>Refused records count because a signature that is not believed here may be believed by others;
 * they never end the time of a sound record, so that a forged one can't make its blobs garbage.
 */
final class Retained implements StageHistory.Reader {
  private static final RecordSerde<StageRecord> SERDE = RecordSerde.json(StageRecord.class);

  private final Instant cutoff;
  private final Set<String> named = new HashSet<>();
  private @Nullable List<Manifest> inForce;
  private @Nullable StageRecordException refused;

  Retained(Instant cutoff) {
    this.cutoff = cutoff;
  }

  @Override
  public void sound(StageEntry entry, ConsumerRecord<byte[], byte[]> record) {
    if (inForce != null && isYoung(record)) {
      inForce.forEach(this::name);
    }
    inForce = entry.live().stream().map(StageEntry.Live::manifest).toList();
  }

  @Override
  public void refused(StageRecordException reason, ConsumerRecord<byte[], byte[]> record) {
    refused = reason;
    byte[] value = record.value();
    if (value == null || !isYoung(record)) {
      return;
    }
    try {
      for (PublishedManifest published : SERDE.read(value).getManifests()) {
        name(Manifests.read(StageEntry.bytes(published)));
      }
    } catch (SerializationException | IllegalArgumentException e) {
      // Not a stage record: it names nothing that could be fetched.
    }
  }

  /**
   * Digests of the blobs to keep.
   *
   * @throws IllegalStateException where the stage holds records and none is believed: with the
   *     wrong keys at hand every blob would look like garbage
   */
  Set<String> blobs() {
    if (inForce == null && refused != null) {
      throw new IllegalStateException(
          "nothing was collected: no record of a stage is believed here, the last because "
              + refused.getMessage()
              + "; name the folder of trusted keys with --keys");
    }
    Set<String> blobs = new HashSet<>(named);
    if (inForce != null) {
      inForce.forEach(manifest -> blobs.addAll(digests(manifest)));
    }
    return blobs;
  }

  private boolean isYoung(ConsumerRecord<byte[], byte[]> record) {
    return record.timestamp() > cutoff.toEpochMilli();
  }

  private void name(Manifest manifest) {
    named.addAll(digests(manifest));
  }

  private static List<String> digests(Manifest manifest) {
    return manifest.getBlobs().stream().map(BlobRef::getDigest).toList();
  }
}
