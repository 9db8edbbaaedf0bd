package io.headwater.stream.score;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Tells each event's record which poll it came with, so that a poll's events can share batches.
 *
 * <p>Kafka makes one per main consumer and calls it on the stream thread, last in {@code poll()}.
 * It only groups: nothing is decoded or scored here, where a failure would be swallowed and no
 * commit could happen. The records go on in the same {@link ConsumerRecords}, whose offsets
 * exactly-once needs.
 */
public final class PollInterceptor implements ConsumerInterceptor<byte[], byte[]> {
  /** Consumer setting that names the topic whose records are grouped. */
  public static final String TOPIC = "headwater.events.topic";

  private @Nullable String topic;

  /**
   * Carries the object from the consumer to the deserialiser, which takes it off again.
   *
   * <p>Never written to a topic.
   */
  record Handle(PolledEvent event) implements Header {
    static final String KEY = "hw_polled";
    private static final byte[] NOTHING = {};

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public byte[] value() {
      return NOTHING;
    }
  }

  @Override
  public void configure(Map<String, ?> configs) {
    topic = (String) requireNonNull(configs.get(TOPIC), TOPIC);
  }

  @Override
  public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
    Poll poll = new Poll();
    for (TopicPartition partition : records.partitions()) {
      if (partition.topic().equals(topic)) {
        for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
          record.headers().add(new Handle(poll.add(record)));
        }
      }
    }
    return records;
  }

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

  @Override
  public void close() {}
}
