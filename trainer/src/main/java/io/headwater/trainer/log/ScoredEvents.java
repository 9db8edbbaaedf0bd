package io.headwater.trainer.log;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.headers.HeaderNames;
import io.headwater.schemas.serde.AvroEvents;
import io.headwater.schemas.serde.EventDecoder;
import io.headwater.schemas.serde.HttpSchemaRegistry;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.schemas.serde.WireFormat;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Reads the events of a pipeline as a sample: where it falls far behind it goes on with the newest.
 * Probes, and what is no event, are passed over.
 *
 * <p>Not safe for use by several threads.
 */
public final class ScoredEvents implements AutoCloseable {
  /** So many windows behind, the oldest are left out. */
  private static final int FAR = 10;

  private static final Duration POLL = Duration.ofMillis(100);

  /** Takes an event and when it was written. */
  @FunctionalInterface
  public interface Each {
    void event(JsonNode event, Instant at);
  }

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final int window;
  private final int maxBytes;
  private final EventDecoder decoder;

  /**
   * Opens the topic that is scored.
   *
   * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or
   *     {@code producer.} those of one kind
   * @param window events that one look takes
   * @throws IllegalStateException where the topic is missing
   */
  public ScoredEvents(Pipeline pipeline, Map<String, Object> client, int window) {
    this.window = window;
    this.maxBytes = pipeline.event().maxBytes();
    this.decoder = decoder(pipeline);
    this.consumer = CommittedReader.open(client, pipeline.topics().trainerGroup());
    try {
      this.partitions = Partitions.of(consumer, pipeline.scoredTopic());
      consumer.assign(partitions);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private static EventDecoder decoder(Pipeline pipeline) {
    URI registry = pipeline.wire().registry();
    // Events with windows are JSON whatever the pipeline's format.
    boolean framed = pipeline.wire().format() == WireFormat.AVRO && pipeline.windows() == null;
    return framed && registry != null
        ? new AvroEvents(new HttpSchemaRegistry(registry))
        : new JsonEvents(pipeline.event().maxBytes());
  }

  /**
   * Reads what came last before the position that the last training's decision holds, and stays
   * there; where none holds one, it stands one window before the end.
   */
  public void rewind(Each each) {
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, Long> decided = new HashMap<>();
    consumer
        .committed(new HashSet<>(partitions))
        .forEach(
            (partition, held) ->
                Optional.ofNullable(held)
                    .map(OffsetAndMetadata::offset)
                    .ifPresent(offset -> decided.put(partition, offset)));
    long share = Math.max(1, window / partitions.size());
    for (TopicPartition partition : partitions) {
      long begin = begins.getOrDefault(partition, 0L);
      long end = ends.getOrDefault(partition, begin);
      long from = decided.getOrDefault(partition, end);
      consumer.seek(partition, Math.max(begin, Math.min(from, end) - share));
    }
    while (decided.entrySet().stream()
        .anyMatch(
            e ->
                consumer.position(e.getKey())
                    < Math.min(e.getValue(), ends.getOrDefault(e.getKey(), 0L)))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < decided.getOrDefault(TrainingLog.partition(record), 0L)) {
          read(record, each);
        }
      }
    }
    decided.forEach(
        (partition, offset) -> {
          if (offset <= ends.getOrDefault(partition, 0L)) {
            consumer.seek(partition, Math.max(offset, begins.getOrDefault(partition, 0L)));
          }
        });
  }

  /** Reads what is there, without waiting. */
  public void poll(Each each) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ZERO)) {
      read(record, each);
    }
    long share = Math.max(1, window / partitions.size());
    for (TopicPartition partition : partitions) {
      OptionalLong behind = consumer.currentLag(partition);
      if (behind.isPresent() && behind.getAsLong() > FAR * share) {
        consumer.seek(partition, consumer.position(partition) + behind.getAsLong() - share);
      }
    }
  }

  /** By partition, the first offset that was not read. */
  public Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    partitions.forEach(partition -> positions.put(partition, consumer.position(partition)));
    return positions;
  }

  private void read(ConsumerRecord<byte[], byte[]> record, Each each) {
    byte[] value = record.value();
    if (value == null
        || value.length > maxBytes
        || record.headers().lastHeader(HeaderNames.PROBE) != null) {
      return;
    }
    JsonNode event;
    try {
      event = decoder.decode(value);
    } catch (SerializationException e) {
      return;
    }
    if (event.isObject()) {
      each.event(event, Instant.ofEpochMilli(record.timestamp()));
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
