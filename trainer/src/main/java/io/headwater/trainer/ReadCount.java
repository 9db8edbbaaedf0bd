package io.headwater.trainer;

import io.headwater.schemas.OffsetRange;
import io.headwater.trainer.log.TrainingLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * How far the training log has been read, and how much of it since the last training.
 *
 * <p>Not safe for use by several threads.
 */
final class ReadCount {
  private final Map<TopicPartition, Long> from;
  private final Map<TopicPartition, Long> next;
  private long seen;
  private long sinceTraining;

  /**
   * Goes on where the last decided training ended.
   *
   * @param from by partition, the first offset that the replay was built from
   * @param next by partition, the first offset that no training was decided on
   * @param seen examples below {@code next}, those that retention has taken included
   */
  ReadCount(Map<TopicPartition, Long> from, Map<TopicPartition, Long> next, long seen) {
    this.from = Map.copyOf(from);
    this.next = new HashMap<>(next);
    this.seen = seen;
  }

  /** By partition, the first offset behind what a version's lineage says was read. */
  static Map<TopicPartition, Long> ends(List<OffsetRange> ranges) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (OffsetRange range : ranges) {
      ends.put(new TopicPartition(range.getTopic(), range.getPartition()), range.getTo());
    }
    return ends;
  }

  void read(TopicPartition partition, long offset) {
    next.put(partition, offset + 1);
    seen++;
    sinceTraining++;
  }

  void trained() {
    sinceTraining = 0;
  }

  long seen() {
    return seen;
  }

  long sinceTraining() {
    return sinceTraining;
  }

  /** By partition, the first offset that the replay is built from. */
  Map<TopicPartition, Long> from() {
    return from;
  }

  /** By partition, the first offset that was not read. */
  Map<TopicPartition, Long> next() {
    return Map.copyOf(next);
  }

  /** What was read, as lineage keeps it. */
  List<OffsetRange> ranges() {
    return TrainingLog.ascending(next).stream()
        .map(
            partition ->
                new OffsetRange(
                    partition.topic(),
                    partition.partition(),
                    Math.min(from.getOrDefault(partition, 0L), next.getOrDefault(partition, 0L)),
                    next.getOrDefault(partition, 0L)))
        .toList();
  }
}
