package io.headwater.model.log;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What stands on the blob topic, by digest: places and ages of chunks, never their bytes.
 *
 * <p>Memory is bounded by the number of digests; beyond the limit further ones are not looked at.
 */
final class BlobInventory {
  private static final int MAX_DIGESTS = 250_000;

  /** One blob's chunks on one partition that no tombstone has ended. */
  static final class Standing {
    private final int partition;
    private final BitSet chunks = new BitSet();
    private long bytes;
    private long newest;

    private Standing(int partition) {
      this.partition = partition;
    }

    int partition() {
      return partition;
    }

    BitSet chunks() {
      return chunks;
    }

    long bytes() {
      return bytes;
    }

    /** Time of the youngest chunk, as the broker stamped it, in epoch milliseconds. */
    long newest() {
      return newest;
    }
  }

  /** A digest on a partition: somebody else's producer may have put a blob on two. */
  record At(String digest, int partition) {}

  private final Map<At, Standing> standing = new LinkedHashMap<>();

  Map<At, Standing> standing() {
    return standing;
  }

  /** Takes the next record of the topic. */
  void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return;
    }
    Chunks.place(record.key())
        .ifPresent(
            place -> {
              At at = new At(place.digest(), record.partition());
              Standing blob = standing.get(at);
              if (blob == null && standing.size() < MAX_DIGESTS) {
                blob = new Standing(record.partition());
                standing.put(at, blob);
              }
              if (blob != null) {
                put(blob, place.index(), record);
              }
            });
  }

  private static void put(Standing blob, int index, ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      blob.chunks.clear(index);
      return;
    }
    if (!blob.chunks.get(index)) {
      blob.bytes += record.value().length;
    }
    blob.chunks.set(index);
    blob.newest = Math.max(blob.newest, record.timestamp());
  }
}
