package io.headwater.model.log;

import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.schemas.BlobHint;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.topics.PipelineTopics;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Brings blobs from the blob topic into the cache: first from where the hints point, then, for what
 * was not there, from anywhere on the topic.
 *
 * <p>Safe for use by several threads; they fetch one after the other. Memory is bounded by a few
 * chunks, whatever a manifest claims.
 */
final class BlobLog implements AutoCloseable {
  private final PipelineTopics topics;
  private final Map<String, Object> client;
  private final BlobCache cache;
  private final Object fetching = new Object();
  private final Object state = new Object();
  private @Nullable LogReader reader;
  private boolean closed;

  BlobLog(PipelineTopics topics, Map<String, Object> client, BlobCache cache) {
    this.topics = topics;
    this.client = client;
    this.cache = cache;
  }

  /** A version's blobs: from the cache, and what it lacks or lost from the topic, in one go. */
  Blobs of(Manifest manifest, List<BlobHint> hints) {
    Map<String, BlobRef> listed =
        manifest.getBlobs().stream()
            .collect(Collectors.toUnmodifiableMap(BlobRef::getDigest, Function.identity()));
    List<BlobHint> at = List.copyOf(hints);
    return digest -> {
      BlobRef blob = listed.get(digest);
      if (blob == null) {
        throw new MissingBlobException("blob " + digest + " is not among the manifest's blobs");
      }
      return cache
          .read(blob)
          .or(
              () -> {
                fetch(listed.values(), at);
                return cache.read(blob);
              })
          .orElseThrow(
              () -> new MissingBlobException("blob " + digest + " changed while it was read"));
    };
  }

  /**
   * Brings those blobs into the cache that it lacks.
   *
   * @throws MissingBlobException naming those that are nowhere whole and unchanged
   */
  void fetch(Collection<BlobRef> blobs, List<BlobHint> hints) {
    synchronized (fetching) {
      List<BlobRef> missing = blobs.stream().filter(cache::lacks).toList();
      if (missing.isEmpty()) {
        return;
      }
      cache.requireRoom(missing.stream().mapToLong(BlobRef::getBytes).reduce(0, Math::addExact));
      Map<String, BlobHint> byDigest = new HashMap<>();
      hints.forEach(hint -> byDigest.putIfAbsent(hint.getDigest(), hint));
      try (LogReader opened = open()) {
        gather(opened, missing, byDigest);
      } catch (WakeupException e) {
        throw new IllegalStateException("the model log was closed while blobs were fetched", e);
      } finally {
        release();
      }
    }
  }

  private void gather(LogReader log, List<BlobRef> missing, Map<String, BlobHint> hints) {
    Map<String, Download> wanted = new LinkedHashMap<>();
    try {
      for (BlobRef blob : missing) {
        if (blob.getBytes() > Chunks.MAX_BLOB_BYTES) {
          throw new MissingBlobException(
              "blob " + blob.getDigest() + " is larger than " + Chunks.MAX_BLOB_BYTES + " bytes");
        }
        wanted.put(blob.getDigest(), new Download(blob, cache));
      }
      List<TopicPartition> partitions = log.partitions(topics.blobs());
      for (HintedRuns.Run run : HintedRuns.of(missing, hints)) {
        if (run.partition() < partitions.size()) {
          readRun(log, partitions.get(run.partition()), run.from(), run.to(), wanted);
        }
      }
      for (TopicPartition partition : partitions) {
        readRun(log, partition, 0, Long.MAX_VALUE, wanted);
        wanted.values().removeIf(Download::endPass);
      }
      if (!wanted.isEmpty()) {
        throw new MissingBlobException(
            wanted.values().stream()
                .limit(3)
                .map(Download::state)
                .collect(
                    Collectors.joining(
                        "; ",
                        "blobs not whole on "
                            + topics.blobs()
                            + ": "
                            + wanted.size()
                            + ", of them ",
                        "; publish the version again from its package with `headwater model publish"
                            + " --whole`")));
      }
    } finally {
      wanted.values().forEach(Download::close);
    }
  }

  private static void readRun(
      LogReader log, TopicPartition partition, long from, long to, Map<String, Download> wanted) {
    if (wanted.isEmpty()) {
      return;
    }
    LogReader.Extent extent = log.extent(partition);
    long first = Math.max(from, extent.begin());
    long end = Math.min(to, extent.end());
    if (first < end) {
      log.read(partition, first, end, record -> take(record, wanted));
    }
  }

  private static boolean take(ConsumerRecord<byte[], byte[]> record, Map<String, Download> wanted) {
    byte[] key = record.key();
    byte[] chunk = record.value();
    if (key == null) {
      return true;
    }
    Chunks.place(key)
        .ifPresent(
            place -> {
              Download download = wanted.get(place.digest());
              if (download == null) {
                return;
              }
              if (chunk == null) {
                download.tombstone(place.index());
              } else if (download.offer(place.index(), chunk)) {
                wanted.remove(place.digest());
              }
            });
    return !wanted.isEmpty();
  }

  private LogReader open() {
    synchronized (state) {
      if (closed) {
        throw new IllegalStateException("the model log is closed");
      }
      reader = new LogReader(client);
      return reader;
    }
  }

  private void release() {
    synchronized (state) {
      reader = null;
    }
  }

  /** Ends the fetch in progress, with an exception; what the cache holds stays readable. */
  @Override
  public void close() {
    synchronized (state) {
      closed = true;
      if (reader != null) {
        reader.wakeup();
      }
    }
  }
}
