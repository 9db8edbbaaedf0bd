package io.headwater.ops;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Counts what consumers were given, by topic, whether their owner looked at it or not. */
public final class ReadCounter implements ConsumerInterceptor<byte[], byte[]> {
  private static final Map<String, Read> BY_TOPIC = new ConcurrentHashMap<>();

  private static final class Read {
    final LongAdder records = new LongAdder();
    final LongAdder bytes = new LongAdder();
  }

  /** Client settings under which consumers count. */
  static Map<String, Object> counting(Map<String, Object> client) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("consumer.interceptor.classes", ReadCounter.class.getName());
    return settings;
  }

  static long records(String topic) {
    return of(topic).records.sum();
  }

  /** Of keys and values. */
  static long bytes(String topic) {
    return of(topic).bytes.sum();
  }

  private static Read of(String topic) {
    return BY_TOPIC.computeIfAbsent(topic, unseen -> new Read());
  }

  @Override
  public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Read read = of(record.topic());
      read.records.increment();
      read.bytes.add(size(record.key()) + size(record.value()));
    }
    return records;
  }

  private static int size(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

  @Override
  public void close() {}

  @Override
  public void configure(Map<String, ?> settings) {}
}
