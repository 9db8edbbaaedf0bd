package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.schemas.headers.HeaderNames;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Watches a topic of scores from its end on, as one who reads what is committed: when each event
 * got its score, and each version gave its first.
 *
 * <p>Safe for use by several threads.
 */
final class Arrivals implements AutoCloseable {
  /**
   * When it came to a score, in epoch milliseconds.
   *
   * @param scored by the scorer's clock
   * @param appended by the broker's clock
   * @param read here, once it was committed
   */
  record Times(long scored, long appended, long read) {}

  private static final Duration POLL = Duration.ofMillis(50);
  private static final int FIRST_ROOM = 1 << 16;

  private final ToLongFunction<byte[]> scoredAt;
  private final Map<String, Times> versions = new HashMap<>();
  private final Thread thread;
  private volatile boolean stopped;
  private long[] scored = new long[FIRST_ROOM];
  private long[] appended = new long[FIRST_ROOM];
  private long[] read = new long[FIRST_ROOM];
  private int count;
  private int doubled;

  /**
   * Begins to watch partition 0.
   *
   * @param scoredAt reads off a score when it was made, in epoch milliseconds
   */
  Arrivals(Map<String, Object> client, String topic, ToLongFunction<byte[]> scoredAt) {
    this.scoredAt = scoredAt;
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToEnd(List.of(partition));
    long unused = consumer.position(partition);
    thread = new Thread(() -> watch(consumer), "arrivals");
    thread.start();
  }

  private void watch(KafkaConsumer<byte[], byte[]> consumer) {
    try (consumer) {
      while (!stopped) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          note(record, System.currentTimeMillis());
        }
      }
    }
  }

  private synchronized void note(ConsumerRecord<byte[], byte[]> record, long now) {
    int event = Integer.parseInt(new String(record.key(), UTF_8));
    if (event >= appended.length) {
      int room = Math.max(event + 1, 2 * appended.length);
      scored = Arrays.copyOf(scored, room);
      appended = Arrays.copyOf(appended, room);
      read = Arrays.copyOf(read, room);
    }
    if (appended[event] != 0) {
      doubled++;
      return;
    }
    Times times = new Times(scoredAt.applyAsLong(record.value()), record.timestamp(), now);
    scored[event] = times.scored();
    appended[event] = times.appended();
    read[event] = times.read();
    count++;
    Header version = record.headers().lastHeader(HeaderNames.MODEL);
    versions.putIfAbsent(new String(version.value(), UTF_8), times);
  }

  /** How many events were scored. */
  synchronized int count() {
    return count;
  }

  /** How many scores there were too many. */
  synchronized int doubled() {
    return doubled;
  }

  /** Of an event's score, if it has one. */
  synchronized Optional<Times> of(int event) {
    return event < appended.length && appended[event] != 0
        ? Optional.of(new Times(scored[event], appended[event], read[event]))
        : Optional.empty();
  }

  /** Of a version's first score, if it gave one. */
  synchronized Optional<Times> of(String version) {
    return Optional.ofNullable(versions.get(version));
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
