package io.headwater.ops.faults;

import io.headwater.schemas.Score;
import io.headwater.schemas.serde.RecordSerde;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads committed scores as they come; used by one thread. */
final class Scores implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final RecordSerde<Score> serde = RecordSerde.json(Score.class);
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<Score> read = new ArrayList<>();

  Scores(String bootstrapServers, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Reads what there is by now, and gives how many there are in all. */
  int look() {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      read.add(serde.read(record.value()));
    }
    return read.size();
  }

  /** Offsets behind the last committed record, of all partitions together. */
  long end() {
    return consumer.endOffsets(consumer.assignment()).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  List<Score> all() {
    return List.copyOf(read);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
