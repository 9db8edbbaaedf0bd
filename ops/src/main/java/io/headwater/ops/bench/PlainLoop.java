package io.headwater.ops.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The least that exactly-once takes: a consumer, a transactional producer, and a commit every 100
 * ms.
 *
 * <p>Runs on a thread of its own until closed.
 */
final class PlainLoop implements AutoCloseable {
  /** What becomes of a poll's records: one value each, in order. */
  interface Batch extends Function<List<ConsumerRecord<byte[], byte[]>>, List<byte[]>> {}

  private static final Duration POLL = Duration.ofMillis(50);

  private final RoundPlan plan;
  private final Batch batch;
  private final List<Header> headers;
  private final Thread thread;
  private volatile boolean stopped;

  PlainLoop(RoundPlan plan, Batch batch) {
    this.plan = plan;
    this.batch = batch;
    this.headers = plan.headers();
    this.thread = new Thread(this::run, "plain-loop");
    thread.start();
  }

  private void run() {
    Map<String, Object> consuming = new HashMap<>(plan.client());
    plan.consumer().forEach(consuming::put);
    consuming.put(ConsumerConfig.GROUP_ID_CONFIG, plan.application());
    consuming.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consuming.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    consuming.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    Map<String, Object> producing = new HashMap<>(plan.client());
    plan.producer().forEach(producing::put);
    producing.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, plan.application());
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      consumer.subscribe(List.of(plan.input()));
      copy(consumer, producer);
    }
  }

  private void copy(
      KafkaConsumer<byte[], byte[]> consumer, KafkaProducer<byte[], byte[]> producer) {
    Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
    long began = 0;
    boolean open = false;
    while (!stopped) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      if (!records.isEmpty()) {
        if (!open) {
          producer.beginTransaction();
          began = System.nanoTime();
          open = true;
        }
        for (TopicPartition partition : records.partitions()) {
          produce(records.records(partition), producer);
        }
        read.putAll(records.nextOffsets());
      }
      if (open && System.nanoTime() - began >= plan.commitInterval().toNanos()) {
        producer.sendOffsetsToTransaction(read, consumer.groupMetadata());
        producer.commitTransaction();
        read.clear();
        open = false;
      }
    }
  }

  private void produce(
      List<ConsumerRecord<byte[], byte[]>> records, KafkaProducer<byte[], byte[]> producer) {
    List<byte[]> values = batch.apply(records);
    for (int i = 0; i < values.size(); i++) {
      java.util.concurrent.Future<RecordMetadata> unused =
          producer.send(
              new ProducerRecord<>(
                  plan.output(), null, null, records.get(i).key(), values.get(i), headers));
    }
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
