package io.headwater.trainer.log;

import io.headwater.schemas.topics.PipelineTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the examples of a pipeline, all partitions of them, in whatever order they come.
 *
 * <p>Not safe for use by several threads.
 */
public final class TrainingLog implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();

  /**
   * Opens the log; reading begins where {@link #seek} says.
   *
   * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or
   *     {@code producer.} those of one kind
   * @throws IllegalStateException where the topic is missing
   */
  public TrainingLog(PipelineTopics topics, Map<String, Object> client) {
    consumer = CommittedReader.open(client, topics.trainerGroup());
    try {
      Partitions.of(consumer, topics.examples()).forEach(partitions::add);
      consumer.assign(partitions);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /** By partition, the offset up to which trainings were decided on; absent where none was. */
  public Map<TopicPartition, Long> committed() {
    Map<TopicPartition, Long> committed = new HashMap<>();
    consumer
        .committed(new HashSet<>(partitions))
        .forEach(
            (partition, offset) -> {
              if (offset != null) {
                committed.put(partition, offset.offset());
              }
            });
    return committed;
  }

  /** By partition, the first offset that retention has left. */
  public Map<TopicPartition, Long> beginnings() {
    return new HashMap<>(consumer.beginningOffsets(partitions));
  }

  public void seek(Map<TopicPartition, Long> offsets) {
    offsets.forEach(consumer::seek);
  }

  /**
   * Reads a stretch of each partition, then stands at its end.
   *
   * @param to offsets, exclusive; a partition whose {@code from} is not below is left out
   * @param cancelled ends the reading early
   */
  public void replay(
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> to,
      Consumer<ConsumerRecord<byte[], byte[]>> each,
      Duration poll,
      BooleanSupplier cancelled) {
    seek(to);
    Set<TopicPartition> open = new HashSet<>();
    to.forEach(
        (partition, end) -> {
          if (from.getOrDefault(partition, 0L) < end) {
            open.add(partition);
            consumer.seek(partition, from.getOrDefault(partition, 0L));
          }
        });
    consumer.pause(partitions);
    consumer.resume(open);
    while (!open.isEmpty() && !cancelled.getAsBoolean()) {
      for (ConsumerRecord<byte[], byte[]> example : consumer.poll(poll)) {
        if (example.offset() < to.getOrDefault(partition(example), 0L)) {
          each.accept(example);
        }
      }
      List<TopicPartition> done =
          open.stream()
              .filter(partition -> consumer.position(partition) >= to.getOrDefault(partition, 0L))
              .toList();
      consumer.pause(done);
      done.forEach(open::remove);
    }
    seek(to);
    consumer.resume(partitions);
  }

  public Iterable<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
    return consumer.poll(timeout);
  }

  /** Records between {@code positions} and the log's end, as far as the broker has said. */
  public long remaining(Map<TopicPartition, Long> positions) {
    long remaining = 0;
    for (TopicPartition partition : partitions) {
      OptionalLong ahead = consumer.currentLag(partition);
      if (ahead.isPresent()) {
        long polled = consumer.position(partition);
        remaining += ahead.getAsLong() + polled - positions.getOrDefault(partition, polled);
      }
    }
    return remaining;
  }

  public static TopicPartition partition(ConsumerRecord<?, ?> example) {
    return new TopicPartition(example.topic(), example.partition());
  }

  /** Offsets as a transaction takes them. */
  public static Map<TopicPartition, OffsetAndMetadata> metadata(Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, OffsetAndMetadata> metadata = new HashMap<>();
    offsets.forEach((partition, offset) -> metadata.put(partition, new OffsetAndMetadata(offset)));
    return metadata;
  }

  /** The partitions of a map in ascending order. */
  public static List<TopicPartition> ascending(Map<TopicPartition, Long> offsets) {
    return offsets.keySet().stream()
        .sorted(Comparator.comparingInt(TopicPartition::partition))
        .toList();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
