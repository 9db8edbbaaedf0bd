package io.headwater.stream.score;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Shows Kafka Streams a poll's events as runs: neighbours of one partition as one record, whose
 * offset is that of the first, so that what is committed is what was processed. What Kafka Streams
 * spends on a record is so spent on a run, and the events of a poll can share batches.
 *
 * <p>Kafka makes one per main consumer and calls it on the stream thread, last in {@code poll()}.
 * It only groups: nothing is decoded or scored here, where a failure would be swallowed and no
 * commit could happen. The offsets that exactly-once needs go on with the records.
 */
public final class PollInterceptor implements ConsumerInterceptor<byte[], byte[]> {
  /** Consumer setting that names the topic whose records are grouped. */
  public static final String TOPIC = "headwater.events.topic";

  private final RunLength runLength = new RunLength();
  private @Nullable String topic;

  /**
   * Carries a run from the consumer to the deserialiser.
   *
   * <p>Never written to a topic: it is on a record that stands for others.
   */
  record Handle(PolledRun run) implements Header {
    static final String KEY = "hw_run";
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
    Poll poll = new Poll(runLength);
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> shown = new LinkedHashMap<>();
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> polled = records.records(partition);
      shown.put(partition, partition.topic().equals(topic) ? runs(polled, poll) : polled);
    }
    return new ConsumerRecords<>(shown, records.nextOffsets());
  }

  private List<ConsumerRecord<byte[], byte[]>> runs(
      List<ConsumerRecord<byte[], byte[]>> polled, Poll poll) {
    List<ConsumerRecord<byte[], byte[]>> runs = new ArrayList<>();
    int from = 0;
    while (from < polled.size()) {
      List<PolledEvent> events = new ArrayList<>(runLength.events());
      int bytes = 0;
      int to = from;
      for (; to < polled.size() && runLength.fits(polled.get(to), to - from, bytes); to++) {
        events.add(poll.add(polled.get(to)));
        bytes += RunLength.bytes(polled.get(to));
      }
      runs.add(standIn(polled.get(from), bytes, new PolledRun(events)));
      from = to;
    }
    return runs;
  }

  private static ConsumerRecord<byte[], byte[]> standIn(
      ConsumerRecord<byte[], byte[]> first, int bytes, PolledRun run) {
    return new ConsumerRecord<>(
        first.topic(),
        first.partition(),
        first.offset(),
        first.timestamp(),
        first.timestampType(),
        0,
        bytes,
        first.key(),
        first.value(),
        new RecordHeaders(new Header[] {new Handle(run)}),
        first.leaderEpoch());
  }

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

  @Override
  public void close() {}
}
