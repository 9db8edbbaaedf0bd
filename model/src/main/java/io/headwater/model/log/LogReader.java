package io.headwater.model.log;

import io.headwater.schemas.client.ClientKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads stretches of topics forward, committed records only unless told otherwise; it joins no
 * consumer group.
 *
 * <p>Not safe for use by several threads, but for {@link #wakeup}.
 */
final class LogReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CREATED_IN_SIGHT = Duration.ofSeconds(8);
  private static final Duration COMMITTED_IN_SIGHT = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int FETCH_BYTES = 4 << 20;

  /**
   * How long the broker may wait for records that are not there yet. It answers the requests of a
   * connection in turn, so the next look, or the closing, waits behind such a fetch.
   */
  private static final Duration WAIT = Duration.ofMillis(20);

  private static final Duration FOLLOWERS_WAIT = Duration.ofMillis(500);

  /** How long records that were committed may stay out of a reader's sight. */
  private static final Duration HINTS_IN_SIGHT = Duration.ofSeconds(2);

  private final KafkaConsumer<byte[], byte[]> consumer;

  LogReader(Map<String, Object> client) {
    this(client, null);
  }

  /** A reader that can name a group for the offsets of a transaction. */
  LogReader(Map<String, Object> client, @Nullable String group) {
    this(client, group, "read_committed", WAIT, "earliest");
  }

  /** A reader that sees records of open and of aborted transactions, too. */
  static LogReader uncommitted(Map<String, Object> client) {
    return new LogReader(client, null, "read_uncommitted", WAIT, "earliest");
  }

  /** A reader that waits for records to come, and asks the broker seldom meanwhile. */
  static LogReader following(Map<String, Object> client) {
    return new LogReader(client, null, "read_committed", FOLLOWERS_WAIT, "earliest");
  }

  /** A reader for {@link #readHinted}; where it is told to read is not taken for granted. */
  static LogReader hinted(Map<String, Object> client) {
    return new LogReader(client, null, "read_committed", WAIT, "none");
  }

  private LogReader(
      Map<String, Object> client,
      @Nullable String group,
      String isolation,
      Duration wait,
      String outOfRange) {
    Map<String, Object> settings = ClientKind.CONSUMER.settings(client);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    if (group != null) {
      settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    }
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, outOfRange);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, Math.toIntExact(wait.toMillis()));
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 2 * FETCH_BYTES);
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * The topic's partitions. A topic that was just created may not be in sight of the broker that
   * answers, so an unknown one is asked for again for some seconds.
   *
   * @throws IllegalStateException where there is no such topic
   */
  List<TopicPartition> partitions(String topic) {
    long deadline = System.nanoTime() + CREATED_IN_SIGHT.toNanos();
    List<PartitionInfo> found = look(topic);
    while (found.isEmpty() && System.nanoTime() < deadline) {
      rest(POLL);
      found = look(topic);
    }
    if (found.isEmpty()) {
      throw new IllegalStateException(
          "there is no topic "
              + topic
              + "; make the pipeline's topics with `headwater topics"
              + " create`");
    }
    return found.stream()
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .sorted((a, b) -> Integer.compare(a.partition(), b.partition()))
        .toList();
  }

  private List<PartitionInfo> look(String topic) {
    try {
      List<PartitionInfo> found = consumer.partitionsFor(topic);
      return found == null ? List.of() : found;
    } catch (UnknownTopicOrPartitionException e) {
      return List.of();
    }
  }

  private static void rest(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** Offsets that can be read, markers included: the first, and the one after the last. */
  record Extent(long begin, long end) {}

  /** Ends any polling of another partition. */
  Extent extent(TopicPartition partition) {
    List<TopicPartition> one = List.of(partition);
    consumer.assign(one);
    Long begin = consumer.beginningOffsets(one).get(partition);
    Long end = consumer.endOffsets(one).get(partition);
    if (begin == null || end == null) {
      throw new IllegalStateException("the broker names no offsets of " + partition);
    }
    return new Extent(begin, end);
  }

  /**
   * Waits some seconds for the record at an offset, which was committed: a commit is answered
   * before all readers see it.
   *
   * @return whether it can be read now
   */
  boolean awaitInSight(TopicPartition partition, long offset) {
    long deadline = System.nanoTime() + COMMITTED_IN_SIGHT.toNanos();
    while (extent(partition).end() <= offset) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      rest(WAIT);
    }
    return true;
  }

  /**
   * Reads {@code [from, to)}, which must lie within the extent.
   *
   * @param more takes a record and says whether to go on
   * @throws TimeoutException where the broker stops answering
   */
  void read(
      TopicPartition partition,
      long from,
      long to,
      Predicate<ConsumerRecord<byte[], byte[]>> more) {
    seek(partition, from);
    long lastProgress = System.nanoTime();
    long position = from;
    while (position < to) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() >= to || !more.test(record)) {
          return;
        }
      }
      long reached = consumer.position(partition);
      if (reached > position) {
        position = reached;
        lastProgress = System.nanoTime();
      } else if (System.nanoTime() - lastProgress > PATIENCE.toNanos()) {
        throw new TimeoutException(
            "nothing came from %s at offset %d within %d s; check the broker"
                .formatted(partition, position, PATIENCE.toSeconds()));
      }
    }
  }

  /**
   * Reads {@code [from, to)} as far as it can be had: records there may not be in sight yet, as a
   * transaction comes into sight on one partition after the other, or not stand there at all.
   *
   * @param more takes a record and says whether to go on
   */
  void readHinted(
      TopicPartition partition,
      long from,
      long to,
      Predicate<ConsumerRecord<byte[], byte[]>> more) {
    seek(partition, from);
    long deadline = System.nanoTime() + HINTS_IN_SIGHT.toNanos();
    try {
      for (long position = from; position < to && System.nanoTime() < deadline; ) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.offset() >= to || !more.test(record)) {
            return;
          }
        }
        long reached = consumer.position(partition);
        if (reached > position) {
          position = reached;
          deadline = System.nanoTime() + HINTS_IN_SIGHT.toNanos();
        }
      }
    } catch (OffsetOutOfRangeException e) {
      LOG.debug("nothing stands at offset {} of {}", from, partition);
    }
  }

  /** Reads from here on with {@link #poll}. */
  void seek(TopicPartition partition, long offset) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, offset);
  }

  ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    return consumer.poll(timeout);
  }

  /** The group as a transaction's offsets need it named, without membership. */
  ConsumerGroupMetadata group() {
    return consumer.groupMetadata();
  }

  /** Ends the read in progress, or the next one, with a WakeupException; for other threads. */
  void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
