package io.headwater.stream.score;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The events that one poll returned, in the order in which Kafka Streams will mostly process them.
 *
 * <p>Confined to the stream thread that polled. An event is let go once it was taken, so that a
 * long poll does not keep every answer until its last record.
 */
final class Poll {
  private final RunLength runLength;
  private final List<@Nullable PolledEvent> events = new ArrayList<>();
  private final long started = System.nanoTime();
  private int end;

  /**
   * Makes an empty one.
   *
   * @param runLength of the polls to come
   */
  Poll(RunLength runLength) {
    this.runLength = runLength;
  }

  /** Tells the polls to come how long an event takes. */
  void paced(Duration each) {
    runLength.paced(each);
  }

  /** How long ago the poll returned. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  PolledEvent add(ConsumerRecord<byte[], byte[]> record) {
    PolledEvent event = PolledEvent.of(record, this, events.size());
    events.add(event);
    return event;
  }

  /** How many events it returned. */
  int size() {
    return events.size();
  }

  /** The given event and those after it that were not taken yet, {@code max} at most. */
  List<PolledEvent> take(PolledEvent first, int max) {
    return take(first.index(), max);
  }

  /** The events after all that were taken so far, {@code max} at most. */
  List<PolledEvent> takeNext(int max) {
    return take(end, max);
  }

  private List<PolledEvent> take(int from, int max) {
    List<PolledEvent> taken = new ArrayList<>(Math.min(max, events.size() - from));
    int i = from;
    for (; i < events.size() && taken.size() < max; i++) {
      PolledEvent event = events.get(i);
      if (event != null) {
        taken.add(event);
        events.set(i, null);
      }
    }
    end = Math.max(end, i);
    return taken;
  }
}
