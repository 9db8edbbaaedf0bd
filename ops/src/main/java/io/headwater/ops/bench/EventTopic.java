package io.headwater.ops.bench;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Fills a topic of events as fast as it goes. */
final class EventTopic {
  private EventTopic() {}

  /**
   * Produces events, keyed by their number; returns when all are written.
   *
   * @param first number of the first
   */
  static void produce(
      Map<String, Object> client, String topic, IntFunction<byte[]> event, int first, int count) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("linger.ms", 20);
    settings.put("batch.size", 262_144);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = first; i < first + count; i++) {
        Future<RecordMetadata> unused =
            producer.send(
                new ProducerRecord<>(
                    topic, Integer.toString(i).getBytes(StandardCharsets.UTF_8), event.apply(i)));
      }
    }
  }
}
