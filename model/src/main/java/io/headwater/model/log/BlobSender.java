package io.headwater.model.log;

import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.BlobHint;
import io.headwater.schemas.BlobRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Sends the blobs that the log lacks, within the caller's transaction. */
final class BlobSender {
  private final TransactionalWriter writer;
  private final String topic;
  private final int partitions;

  BlobSender(TransactionalWriter writer, String topic, int partitions) {
    this.writer = writer;
    this.topic = topic;
    this.partitions = partitions;
  }

  /**
   * What was sent, and where every blob of the version is.
   *
   * @param bytes of the blobs that were sent
   */
  record Sent(List<BlobHint> hints, long bytes) {}

  /**
   * Sends a version's blobs, but for those known to be in the log, and waits for their offsets.
   *
   * @param known hints of blobs in the log, by digest
   * @throws IllegalArgumentException where a blob is not what the manifest says
   */
  Sent send(ModelPackage version, Map<String, BlobHint> known) {
    Map<String, List<Future<RecordMetadata>>> sent = new LinkedHashMap<>();
    long bytes = 0;
    for (BlobRef blob : version.manifest().getBlobs()) {
      if (!known.containsKey(blob.getDigest())) {
        sent.put(blob.getDigest(), send(blob, version.blobs().get(blob.getDigest())));
        bytes += blob.getBytes();
      }
    }
    writer.flush();
    List<BlobHint> hints = new ArrayList<>();
    for (BlobRef blob : version.manifest().getBlobs()) {
      List<Future<RecordMetadata>> chunks = sent.get(blob.getDigest());
      BlobHint hint = known.get(blob.getDigest());
      if (chunks != null) {
        hint = hint(blob.getDigest(), chunks);
      }
      if (hint != null) {
        hints.add(hint);
      }
    }
    return new Sent(hints, bytes);
  }

  private List<Future<RecordMetadata>> send(BlobRef blob, byte[] bytes) {
    if (bytes.length != blob.getBytes() || !Digest.of(bytes).equals(blob.getDigest())) {
      throw new IllegalArgumentException(
          "blob " + blob.getDigest() + " has other bytes than the manifest says; package it again");
    }
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int index = 0; index < Chunks.count(bytes.length); index++) {
      byte[] chunk = new byte[Chunks.length(bytes.length, index)];
      System.arraycopy(bytes, index * Chunks.BYTES, chunk, 0, chunk.length);
      sent.add(
          writer.send(
              new ProducerRecord<>(
                  topic, partition(blob.getDigest()), Chunks.key(blob.getDigest(), index), chunk)));
    }
    return sent;
  }

  /** A blob stays in one partition, so that it is read in one run. */
  private int partition(String digest) {
    return Integer.remainderUnsigned(Integer.parseUnsignedInt(digest, 0, 8, 16), partitions);
  }

  /** The acknowledged offsets; none where the broker could not say them for each chunk. */
  private BlobHint hint(String digest, List<Future<RecordMetadata>> chunks) {
    List<RecordMetadata> written = chunks.stream().map(TransactionalWriter::acknowledged).toList();
    boolean told = written.stream().allMatch(RecordMetadata::hasOffset);
    return new BlobHint(
        digest,
        partition(digest),
        told ? written.stream().map(RecordMetadata::offset).toList() : List.of());
  }
}
