package io.headwater.ops.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads when committed records of an output topic were appended, from the broker's own timestamps:
 * the same yardstick for every contender, and no work in its process.
 */
final class OutputLog implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  OutputLog(Map<String, Object> client, String topic, int partitionCount) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20);
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 16 << 20);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    partitions = new ArrayList<>();
    for (int i = 0; i < partitionCount; i++) {
      partitions.add(new TopicPartition(topic, i));
    }
    consumer.assign(partitions);
  }

  /** The end of what is committed, transaction markers included. */
  Map<TopicPartition, Long> ends() {
    return consumer.endOffsets(partitions);
  }

  /** How many offsets lie between two ends. */
  static long between(Map<TopicPartition, Long> from, Map<TopicPartition, Long> to) {
    return to.entrySet().stream()
        .mapToLong(end -> end.getValue() - from.getOrDefault(end.getKey(), 0L))
        .sum();
  }

  /**
   * Times of append in epoch milliseconds, ascending.
   *
   * @param valueBytes of all values
   */
  record Appended(List<Long> at, long valueBytes) {}

  /** Reads what was committed from the given offsets up to now. */
  Appended since(Map<TopicPartition, Long> from) {
    Map<TopicPartition, Long> ends = ends();
    from.forEach(consumer::seek);
    List<Long> at = new ArrayList<>();
    long bytes = 0;
    while (partitions.stream()
        .anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        at.add(record.timestamp());
        bytes += record.serializedValueSize();
      }
    }
    at.sort(null);
    return new Appended(at, bytes);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
