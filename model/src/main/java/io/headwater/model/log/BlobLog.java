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
  private @Nullable LogReader hinted;
  private @Nullable LogReader scanning;
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
      try {
        gather(missing, byDigest);
      } catch (WakeupException e) {
        throw new IllegalStateException("the model log was closed while blobs were fetched", e);
      } finally {
        endWhereClosed();
      }
    }
  }

  private void gather(List<BlobRef> missing, Map<String, BlobHint> hints) {
    Map<String, Download> wanted = new LinkedHashMap<>();
    try {
      for (BlobRef blob : missing) {
        if (blob.getBytes() > Chunks.MAX_BLOB_BYTES) {
          throw new MissingBlobException(
              "blob " + blob.getDigest() + " is larger than " + Chunks.MAX_BLOB_BYTES + " bytes");
        }
        wanted.put(blob.getDigest(), new Download(blob, cache));
      }
      readHinted(HintedRuns.of(missing, hints), wanted);
      if (!wanted.isEmpty()) {
        scan(wanted);
      }
    } finally {
      wanted.values().forEach(Download::close);
    }
  }

  private void readHinted(List<HintedRuns.Run> runs, Map<String, Download> wanted) {
    LogReader log = hinted();
    try {
      int partitions = runs.isEmpty() ? 0 : log.partitions(topics.blobs()).size();
      for (HintedRuns.Run run : runs) {
        if (run.partition() < partitions && !wanted.isEmpty()) {
          log.readHinted(
              new TopicPartition(topics.blobs(), run.partition()),
              run.from(),
              run.to(),
              record -> take(record, wanted));
        }
      }
    } catch (RuntimeException e) {
      endHinted();
      throw e;
    }
  }

  private void scan(Map<String, Download> wanted) {
    try (LogReader log = scanning()) {
      for (TopicPartition partition : log.partitions(topics.blobs())) {
        if (!wanted.isEmpty()) {
          LogReader.Extent extent = log.extent(partition);
          log.read(partition, extent.begin(), extent.end(), record -> take(record, wanted));
          wanted.values().removeIf(Download::endPass);
        }
      }
    } finally {
      synchronized (state) {
        scanning = null;
      }
    }
    if (!wanted.isEmpty()) {
      throw new MissingBlobException(
          wanted.values().stream()
              .limit(3)
              .map(Download::state)
              .collect(
                  Collectors.joining(
                      "; ",
                      "blobs not whole on " + topics.blobs() + ": " + wanted.size() + ", of them ",
                      "; publish the version again from its package with `headwater model publish"
                          + " --whole`")));
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

  /** The reader that is kept, as a new one would take longer to connect than a head to fetch. */
  private LogReader hinted() {
    synchronized (state) {
      requireOpen();
      if (hinted == null) {
        hinted = LogReader.hinted(client);
      }
      return hinted;
    }
  }

  private LogReader scanning() {
    synchronized (state) {
      requireOpen();
      scanning = new LogReader(client);
      return scanning;
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model log is closed");
    }
  }

  private void endHinted() {
    LogReader kept;
    synchronized (state) {
      kept = hinted;
      hinted = null;
    }
    if (kept != null) {
      kept.close();
    }
  }

  private void endWhereClosed() {
    boolean ended;
    synchronized (state) {
      ended = closed;
    }
    if (ended) {
      endHinted();
    }
  }

  /** Ends the fetch in progress, with an exception; what the cache holds stays readable. */
  @Override
  public void close() {
    synchronized (state) {
      closed = true;
      if (scanning != null) {
        scanning.wakeup();
      }
      if (hinted != null) {
        hinted.wakeup();
      }
    }
    synchronized (fetching) {
      endHinted();
    }
  }
}
