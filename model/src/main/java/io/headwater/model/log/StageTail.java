package io.headwater.model.log;

import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stage topic: the last record in force and what stands behind it.
 *
 * @param last the newest sound record of the highest epoch; empty where there is none
 * @param refused records after it that are not sound, oldest first; at most the last few
 * @param next offset to go on reading from
 */
record StageTail(Optional<StageEntry> last, List<StageRecordException> refused, long next) {
  private static final long FIRST_STEP = 4;
  private static final int REFUSED_KEPT = 16;

  /**
   * Reads a stage topic's end.
   *
   * <p>The end of the topic may be transaction markers, aborted records or records of no use, so it
   * steps back, ever further, to the last sound one.
   */
  static StageTail read(LogReader log, PipelineTopics topics, Stage stage) {
    TopicPartition partition = log.partitions(topics.stage(stage)).get(0);
    LogReader.Extent extent = log.extent(partition);
    for (long step = FIRST_STEP; ; step *= 4) {
      long from = Math.max(extent.begin(), extent.end() - step);
      Window window = new Window(topics, stage);
      if (from < extent.end()) {
        log.read(
            partition,
            from,
            extent.end(),
            record -> {
              window.take(record);
              return true;
            });
      }
      if (window.best != null || from == extent.begin()) {
        return new StageTail(
            Optional.ofNullable(window.best), List.copyOf(window.refused), extent.end());
      }
    }
  }

  private static final class Window {
    private final PipelineTopics topics;
    private final Stage stage;
    private final Deque<StageRecordException> refused = new ArrayDeque<>();
    private @Nullable StageEntry best;

    private Window(PipelineTopics topics, Stage stage) {
      this.topics = topics;
      this.stage = stage;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
      try {
        StageEntry entry = StageEntry.read(topics, stage, record);
        if (best != null) {
          requireGrowth(best.record().getEpoch(), entry, topics.stage(stage));
        }
        best = entry;
        refused.clear();
      } catch (StageRecordException e) {
        if (refused.size() == REFUSED_KEPT) {
          refused.removeFirst();
        }
        refused.addLast(e);
      }
    }
  }

  /** Refuses an entry whose epoch does not grow: a record written by one who was not the writer. */
  static void requireGrowth(long epoch, StageEntry entry, String topic) {
    long found = entry.record().getEpoch();
    if (found <= epoch) {
      throw new StageRecordException(
          "%s-0@%d: its epoch is %d after %d; epochs only grow"
              .formatted(topic, entry.offset(), found, epoch));
    }
  }
}
