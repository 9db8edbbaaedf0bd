package io.headwater.trainer.log;

import io.headwater.schemas.client.ClientKind;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Makes consumers of committed records that are told which partitions to read, and from where. */
final class CommittedReader {
  private CommittedReader() {}

  /**
   * A consumer that commits nothing by itself.
   *
   * @param group whose committed offsets it can look up; it never joins it
   */
  static KafkaConsumer<byte[], byte[]> open(Map<String, Object> client, String group) {
    Map<String, Object> settings = ClientKind.CONSUMER.settings(client);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
