package io.headwater.trainer.log;

import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The partitions that a topic has. */
final class Partitions {
  private Partitions() {}

  /**
   * Asks the broker.
   *
   * @throws IllegalStateException where there is no such topic
   */
  static List<TopicPartition> of(KafkaConsumer<?, ?> consumer, String topic) {
    List<PartitionInfo> found;
    try {
      found = consumer.partitionsFor(topic);
    } catch (UnknownTopicOrPartitionException e) {
      found = List.of();
    }
    if (found == null || found.isEmpty()) {
      throw new IllegalStateException(
          "there is no topic %s; make the pipeline's topics with `headwater topics create`"
              .formatted(topic));
    }
    return found.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
  }
}
