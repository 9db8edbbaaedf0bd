package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.schemas.headers.HeaderNames;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Watches a topic of scores from its end on: when each event's score was appended, by the broker's
 * clock, and when each version's first.
 *
 * <p>Safe for use by several threads.
 */
final class Arrivals implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);

  private final Map<Integer, Long> events = new HashMap<>();
  private final Map<String, Long> versions = new HashMap<>();
  private final Thread thread;
  private volatile boolean stopped;
  private int doubled;

  /** Begins to watch partition 0. */
  Arrivals(Map<String, Object> client, String topic) {
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
          note(record);
        }
      }
    }
  }

  private synchronized void note(ConsumerRecord<byte[], byte[]> record) {
    int number = Integer.parseInt(new String(record.key(), UTF_8));
    if (events.putIfAbsent(number, record.timestamp()) != null) {
      doubled++;
    }
    Header version = record.headers().lastHeader(HeaderNames.MODEL);
    versions.putIfAbsent(new String(version.value(), UTF_8), record.timestamp());
  }

  /** How many events were scored. */
  synchronized int count() {
    return events.size();
  }

  /** How many scores there were too many. */
  synchronized int doubled() {
    return doubled;
  }

  /** When an event's score was appended, in epoch milliseconds, if it was. */
  synchronized OptionalLong of(int event) {
    Long at = events.get(event);
    return at == null ? OptionalLong.empty() : OptionalLong.of(at);
  }

  /** When a version's first score was appended, in epoch milliseconds, if one was. */
  synchronized OptionalLong of(String version) {
    Long at = versions.get(version);
    return at == null ? OptionalLong.empty() : OptionalLong.of(at);
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
