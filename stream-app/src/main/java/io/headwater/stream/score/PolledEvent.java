package io.headwater.stream.score;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * One record of the events topic, the poll it came with, and what became of it.
 *
 * <p>Confined to the stream thread that polled it, and to whoever decides its chunk until that is
 * taken.
 */
public final class PolledEvent {
  private static final Duration BELIEVED_LAG = Duration.ofDays(7);

  /** What a header takes besides its text. */
  private static final int HEADER_BYTES = 16;

  private final byte @Nullable [] value;
  private final @Nullable Poll poll;
  private final int index;
  private @Nullable ConsumerRecord<?, ?> record;
  private byte @Nullable [] key;
  private long timestamp;
  private boolean appendTime;
  private int envelopeBytes;
  private @Nullable Chunk chunk;
  private @Nullable Verdict verdict;

  private PolledEvent(byte @Nullable [] value, @Nullable Poll poll, int index) {
    this.value = value;
    this.poll = poll;
    this.index = index;
  }

  /** An event that has no poll to share a batch. */
  static PolledEvent alone(byte @Nullable [] value) {
    return new PolledEvent(value, null, 0);
  }

  /** An event that came with others. */
  static PolledEvent of(ConsumerRecord<byte[], byte[]> record, Poll poll, int index) {
    PolledEvent event = new PolledEvent(record.value(), poll, index);
    event.stamp(record);
    return event;
  }

  /** Notes what the record says besides its value. */
  void stamp(ConsumerRecord<?, ?> told) {
    record = told;
    key = told.key() instanceof byte[] bytes ? bytes : null;
    timestamp = told.timestamp();
    appendTime = told.timestampType() == TimestampType.LOG_APPEND_TIME;
    envelopeBytes = key == null ? 0 : key.length;
    for (Header header : told.headers().toArray()) {
      byte[] bytes = header.value();
      envelopeBytes += HEADER_BYTES + header.key().length() + (bytes == null ? 0 : bytes.length);
    }
  }

  private ConsumerRecord<?, ?> record() {
    return requireNonNull(record, "not stamped yet");
  }

  public String topic() {
    return record().topic();
  }

  public int partition() {
    return record().partition();
  }

  public long offset() {
    return record().offset();
  }

  public Headers headers() {
    return record().headers();
  }

  /** About the size of key and headers. */
  public int envelopeBytes() {
    return envelopeBytes;
  }

  public byte @Nullable [] key() {
    return key;
  }

  public byte @Nullable [] value() {
    return value;
  }

  /** The record's own timestamp in epoch milliseconds, whatever it claims. */
  public long timestamp() {
    return timestamp;
  }

  /**
   * How long the event has waited by its record's timestamp, or null where that does not tell: it
   * is the event's own time, or a producer set it longer ago than is believed of a wait.
   *
   * @param timedByRecord whether the record's timestamp is the event time
   */
  @Nullable Duration lag(Instant now, boolean timedByRecord) {
    Duration lag = Duration.ofMillis(Math.max(0, now.toEpochMilli() - timestamp));
    boolean told = appendTime || (!timedByRecord && lag.compareTo(BELIEVED_LAG) < 0);
    return told ? lag : null;
  }

  @Nullable Poll poll() {
    return poll;
  }

  int index() {
    return index;
  }

  /** What it is decided with, or null before that is settled. */
  @Nullable Chunk chunk() {
    return chunk;
  }

  void joins(Chunk decidedWith) {
    chunk = decidedWith;
  }

  Verdict verdict() {
    return requireNonNull(verdict, "not decided yet");
  }

  void decide(Verdict decided) {
    verdict = decided;
  }
}
