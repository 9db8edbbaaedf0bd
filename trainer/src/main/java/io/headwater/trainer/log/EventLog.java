package io.headwater.trainer.log;

import io.headwater.trainer.replay.EventAt;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks events up by where they lie.
 *
 * <p>Not safe for use by several threads.
 */
public final class EventLog implements AutoCloseable {
  /** A gap between two events that is not read through. */
  private static final long GAP = 2_000;

  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * Opens the log.
   *
   * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or
   *     {@code producer.} those of one kind
   * @param group a group that the settings' principal may name; nothing is committed to it
   */
  public EventLog(Map<String, Object> client, String group) {
    consumer = CommittedReader.open(client, group);
  }

  /**
   * Reads events, each once, in the order in which they lie; those that are no longer there are
   * left out.
   *
   * @param each takes where an event lies, and its value
   * @param cancelled ends the reading early
   */
  public void read(
      Collection<EventAt> events, BiConsumer<EventAt, byte[]> each, BooleanSupplier cancelled) {
    Map<TopicPartition, NavigableMap<Long, EventAt>> wanted = new TreeMap<>(EventLog::compare);
    for (EventAt event : events) {
      wanted
          .computeIfAbsent(
              new TopicPartition(event.topic(), event.partition()), p -> new TreeMap<>())
          .put(event.offset(), event);
    }
    Set<TopicPartition> there = partitions(wanted.keySet());
    wanted.forEach(
        (partition, offsets) -> {
          if (there.contains(partition)) {
            read(partition, offsets, each, cancelled);
          }
        });
  }

  private Set<TopicPartition> partitions(Collection<TopicPartition> wanted) {
    Set<TopicPartition> there = new HashSet<>();
    wanted.stream()
        .map(TopicPartition::topic)
        .distinct()
        .forEach(topic -> there.addAll(Partitions.of(consumer, topic)));
    return there;
  }

  private void read(
      TopicPartition partition,
      NavigableMap<Long, EventAt> wanted,
      BiConsumer<EventAt, byte[]> each,
      BooleanSupplier cancelled) {
    consumer.assign(List.of(partition));
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    NavigableMap<Long, EventAt> left =
        new TreeMap<>(wanted.subMap(begin, true, Math.max(begin, end), false));
    if (!left.isEmpty()) {
      consumer.seek(partition, left.firstKey());
    }
    while (!left.isEmpty() && !cancelled.getAsBoolean()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        EventAt event = left.remove(record.offset());
        byte[] value = record.value();
        if (event != null && value != null) {
          each.accept(event, value);
        }
      }
      long position = consumer.position(partition);
      left.headMap(position).clear();
      if (!left.isEmpty() && left.firstKey() - position > GAP) {
        consumer.seek(partition, left.firstKey());
      }
    }
  }

  private static int compare(TopicPartition one, TopicPartition other) {
    int byTopic = one.topic().compareTo(other.topic());
    return byTopic != 0 ? byTopic : Integer.compare(one.partition(), other.partition());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
