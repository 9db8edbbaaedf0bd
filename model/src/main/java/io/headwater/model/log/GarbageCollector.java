package io.headwater.model.log;

import io.headwater.model.sign.Trust;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Puts tombstones on blobs that no version within retention names; compaction then frees them.
 *
 * <p>Safe beside publishing, without fencing anyone. Four rules make it so:
 *
 * <ol>
 *   <li>Transactions that were open when it began are waited for, on the blob topic first and then
 *       on the stages, so that what they publish is seen.
 *   <li>A version counts as in use until retention after it was superseded. A publisher may leave
 *       out a blob that a stage's last record names; that blob stays for as long.
 *   <li>A blob whose youngest chunk is within retention stays: on a mirror, blobs may come before
 *       the record that names them.
 *   <li>Tombstones are written in a transaction, then the log before them is read with open
 *       transactions in it. Where a chunk of a condemned blob or a stage record was sent meanwhile,
 *       it aborts and looks anew. A chunk sent after its tombstone outlives it.
 * </ol>
 */
public final class GarbageCollector {
  /** The shortest retention: far longer than a publishing transaction may last. */
  public static final Duration MIN_RETENTION = Duration.ofHours(1);

  private static final Duration OPEN_TRANSACTIONS_AWAITED = Duration.ofSeconds(150);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);
  private static final int ATTEMPTS = 3;
  private static final int MAX_TOMBSTONES = 200_000;
  private static final int MAX_REQUEST_BYTES = 1 << 20;

  /**
   * What can go.
   *
   * @param digests of the garbage, in the order of the log
   * @param chunks number of records that get a tombstone
   * @param bytes that compaction will free
   * @param keptBlobs number of blobs that stay
   * @param keptBytes what those have
   */
  public record Garbage(
      List<String> digests, long chunks, long bytes, long keptBlobs, long keptBytes) {
    public Garbage {
      digests = List.copyOf(digests);
    }
  }

  private final PipelineTopics topics;
  private final Map<String, Object> client;
  private final Trust trust;
  private final Clock clock;

  public GarbageCollector(
      PipelineTopics topics, Map<String, Object> client, Trust trust, Clock clock) {
    this.topics = topics;
    this.client = Map.copyOf(client);
    this.trust = trust;
    this.clock = clock;
  }

  /**
   * Finds garbage and, where {@code goAhead} says so, puts tombstones on it.
   *
   * @param retention how long a superseded version can still be rolled back to; at least {@link
   *     #MIN_RETENTION}
   * @param goAhead shown what would go; asked again where a version was published meanwhile
   * @return what went, or would have
   * @throws IllegalStateException where a transaction stays open, publishing never pauses, or no
   *     record of a stage is believed
   */
  public Garbage collect(Duration retention, Predicate<Garbage> goAhead) {
    if (retention.compareTo(MIN_RETENTION) < 0) {
      throw new IllegalArgumentException(
          "retention is " + retention + "; give at least " + MIN_RETENTION);
    }
    Instant cutoff = clock.instant().minus(retention);
    try (LogReader log = new LogReader(client);
        LogReader all = LogReader.uncommitted(client)) {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        Look look = look(log, all, cutoff);
        if (look.condemned().isEmpty() || !goAhead.test(look.garbage())) {
          return look.garbage();
        }
        try {
          bury(all, look);
          return look.garbage();
        } catch (SentMeanwhile e) {
          // The chunks that were sent are young: the next look leaves their blobs alone.
        }
      }
    }
    throw new IllegalStateException(
        "nothing was collected: versions were published all the while; try again later");
  }

  /**
   * The log as it was when all before {@code ends} had been decided.
   *
   * @param ends by partition of the blob topic
   * @param stageEnds by partition of the stage topics
   */
  private record Look(
      Map<TopicPartition, Long> ends,
      Map<TopicPartition, Long> stageEnds,
      Map<BlobInventory.At, BlobInventory.Standing> condemned,
      Garbage garbage) {}

  private Look look(LogReader log, LogReader all, Instant cutoff) {
    List<TopicPartition> partitions = log.partitions(topics.blobs());
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (TopicPartition partition : partitions) {
      ends.put(partition, settle(log, all, partition));
    }
    Set<String> named = new HashSet<>();
    Map<TopicPartition, Long> stageEnds = new HashMap<>();
    for (Stage stage : Stage.values()) {
      TopicPartition partition = log.partitions(topics.stage(stage)).get(0);
      stageEnds.put(partition, settle(log, all, partition));
      Retained retained = new Retained(cutoff);
      StageHistory.read(log, topics, stage, trust, retained);
      named.addAll(retained.blobs());
    }
    BlobInventory inventory = new BlobInventory();
    ends.forEach(
        (partition, end) -> {
          LogReader.Extent extent = log.extent(partition);
          if (extent.begin() < end) {
            log.read(
                partition,
                extent.begin(),
                end,
                record -> {
                  inventory.take(record);
                  return true;
                });
          }
        });
    return judge(ends, stageEnds, inventory, named, cutoff);
  }

  private static Look judge(
      Map<TopicPartition, Long> ends,
      Map<TopicPartition, Long> stageEnds,
      BlobInventory inventory,
      Set<String> named,
      Instant cutoff) {
    Map<BlobInventory.At, BlobInventory.Standing> condemned = new HashMap<>();
    List<String> digests = new ArrayList<>();
    long chunks = 0;
    long bytes = 0;
    long keptBlobs = 0;
    long keptBytes = 0;
    for (var each : inventory.standing().entrySet()) {
      BlobInventory.Standing blob = each.getValue();
      if (blob.chunks().isEmpty()) {
        continue;
      }
      boolean needed =
          named.contains(each.getKey().digest()) || blob.newest() > cutoff.toEpochMilli();
      if (needed || chunks + blob.chunks().cardinality() > MAX_TOMBSTONES) {
        keptBlobs++;
        keptBytes += blob.bytes();
      } else {
        condemned.put(each.getKey(), blob);
        digests.add(each.getKey().digest());
        chunks += blob.chunks().cardinality();
        bytes += blob.bytes();
      }
    }
    return new Look(
        ends, stageEnds, condemned, new Garbage(digests, chunks, bytes, keptBlobs, keptBytes));
  }

  /** The partition's end as it stands now, once every transaction before it has ended. */
  private static long settle(LogReader log, LogReader all, TopicPartition partition) {
    long end = all.extent(partition).end();
    long since = System.nanoTime();
    while (log.extent(partition).end() < end) {
      if (System.nanoTime() - since > OPEN_TRANSACTIONS_AWAITED.toNanos()) {
        throw new IllegalStateException(
            "nothing was collected: a transaction on %s has been open for %d s; try again later"
                .formatted(partition, OPEN_TRANSACTIONS_AWAITED.toSeconds()));
      }
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
    return end;
  }

  private void bury(LogReader all, Look look) {
    try (TransactionalWriter writer =
        new TransactionalWriter(topics.garbageCollector(), MAX_REQUEST_BYTES, client)) {
      writer.inTransaction(
          () -> {
            Map<TopicPartition, Long> last = tombstones(writer, look);
            last.forEach((partition, offset) -> requireUntouched(all, partition, offset, look));
            requireSameStages(all, look);
            return last;
          });
    }
  }

  private Map<TopicPartition, Long> tombstones(TransactionalWriter writer, Look look) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    look.condemned()
        .forEach(
            (at, blob) ->
                blob.chunks().stream()
                    .forEach(
                        index ->
                            sent.add(
                                writer.send(
                                    new ProducerRecord<>(
                                        topics.blobs(),
                                        at.partition(),
                                        Chunks.key(at.digest(), index),
                                        null)))));
    writer.flush();
    Map<TopicPartition, Long> last = new HashMap<>();
    for (Future<RecordMetadata> each : sent) {
      RecordMetadata written = TransactionalWriter.acknowledged(each);
      last.merge(
          new TopicPartition(written.topic(), written.partition()), written.offset(), Math::max);
    }
    return last;
  }

  private static void requireUntouched(
      LogReader all, TopicPartition partition, long lastTombstone, Look look) {
    long from = look.ends().getOrDefault(partition, 0L);
    all.read(
        partition,
        from,
        lastTombstone + 1,
        record -> {
          if (record.key() != null && record.value() != null) {
            Chunks.place(record.key())
                .map(place -> new BlobInventory.At(place.digest(), partition.partition()))
                .filter(look.condemned()::containsKey)
                .ifPresent(
                    at -> {
                      throw new SentMeanwhile("blob " + at.digest() + " was sent again");
                    });
          }
          return record.offset() < lastTombstone;
        });
  }

  /** A rollback names blobs without sending them. */
  private static void requireSameStages(LogReader all, Look look) {
    look.stageEnds()
        .forEach(
            (partition, end) -> {
              if (all.extent(partition).end() != end) {
                throw new SentMeanwhile(partition.topic() + " was written to");
              }
            });
  }

  /** A condemned blob's chunk, or a stage record, was sent while tombstones were written. */
  private static final class SentMeanwhile extends RuntimeException {
    SentMeanwhile(String what) {
      super(what);
    }
  }
}
