package io.headwater.ops.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.ops.data.LabelledItem;
import io.headwater.schemas.Label;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RecordSerdes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Produces a plan's events, as any Kafka client would, and releases their labels late; runs on the
 * calling thread.
 */
final class Feeder implements AutoCloseable {
  private static final String SOURCE = "demo";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** When the next event may be produced and the next label released. */
  interface Pace {
    /** Returns when event {@code index} may be produced. */
    void beforeEvent(int index) throws InterruptedException;

    /** Returns when label {@code index} may be released. */
    void beforeLabel(int index) throws InterruptedException;
  }

  private final DemoPlan plan;
  private final List<LabelledItem> stream;
  private final Ledger ledger;
  private final Pace pace;
  private final RecordSerde<Label> labels;
  private final KafkaProducer<byte[], byte[]> producer;

  Feeder(DemoPlan plan, RecordSerdes serdes, Map<String, Object> client, Ledger ledger, Pace pace) {
    this.plan = plan;
    this.stream = plan.stream();
    this.ledger = ledger;
    this.pace = pace;
    this.labels = serdes.of(Label.class);
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    settings.put(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, plan.pipeline().event().maxBytes() + (1 << 16));
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Produces everything; returns when the broker has it all, or when that has failed. */
  void run() throws InterruptedException {
    for (int i = 0; i < stream.size() && ledger.failure() == null; i++) {
      pace.beforeEvent(i);
      produce(i);
      if (i >= plan.labelDelay()) {
        release(i - plan.labelDelay());
      }
    }
    int rest = Math.max(0, stream.size() - plan.labelDelay());
    for (int i = rest; i < stream.size() && ledger.failure() == null; i++) {
      release(i);
    }
    producer.flush();
  }

  private void produce(int index) {
    LabelledItem item = stream.get(index);
    ledger.produced(index, System.nanoTime());
    send(plan.pipeline().topics().events(), item.id(), event(item));
  }

  private void release(int index) throws InterruptedException {
    pace.beforeLabel(index);
    LabelledItem item = stream.get(index);
    Label label =
        Label.newBuilder()
            .setEventId(item.id())
            .setLabel(item.label())
            .setLabeledAt(labeledAt(index))
            .setSource(SOURCE)
            .build();
    send(plan.pipeline().topics().labels(), item.id(), labels.write(label));
    ledger.released(index + 1);
  }

  /** In the stream's own time, where it has one; else the label's time of arrival. */
  private @Nullable Instant labeledAt(int index) {
    return stream.get(Math.min(index + plan.labelDelay(), stream.size() - 1)).time();
  }

  /** What becomes of it is told by the callback alone. */
  private void send(String topic, String key, byte[] value) {
    Future<RecordMetadata> unused =
        producer.send(
            new ProducerRecord<>(topic, key.getBytes(UTF_8), value),
            (metadata, failure) -> {
              if (failure != null) {
                ledger.failed(failure);
              }
            });
  }

  static byte[] event(LabelledItem item) {
    ObjectNode event = JSON.createObjectNode();
    event.put("id", item.id());
    if (item.time() != null) {
      event.put("time", item.time().toString());
    }
    item.fields().forEach(event::put);
    try {
      return JSON.writeValueAsBytes(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can always be written", e);
    }
  }

  @Override
  public void close() {
    producer.close(java.time.Duration.ofSeconds(5));
  }
}
