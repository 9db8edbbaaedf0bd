package io.headwater.stream.score;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How many neighbouring events pass through Kafka Streams as one record: as many as are scored in
 * the time in which a commit can wait, from what the last ones took.
 *
 * <p>One until that is known. Confined to the stream thread of its consumer.
 */
final class RunLength {
  /** Of what Kafka Streams spends on each record, a thirty-second is left. */
  static final int MAX_EVENTS = 32;

  /** Kafka Streams bounds what it buffers by a count of records. */
  static final int MAX_BYTES = 64 * 1024;

  private static final Duration TARGET = Duration.ofMillis(2);

  private int events = 1;

  /** Most events of a run. */
  int events() {
    return events;
  }

  /** Notes how long an event takes. */
  void paced(Duration each) {
    long fits = TARGET.toNanos() / Math.max(1, each.toNanos());
    events = (int) Math.max(1, Math.min(fits, MAX_EVENTS));
  }

  /** Whether a record still fits a run. */
  boolean fits(ConsumerRecord<byte[], byte[]> record, int count, int bytes) {
    return count == 0 || (count < events && bytes + bytes(record) <= MAX_BYTES);
  }

  /** Key and value; headers are some dozens of bytes. */
  static int bytes(ConsumerRecord<byte[], byte[]> record) {
    return Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
  }
}
