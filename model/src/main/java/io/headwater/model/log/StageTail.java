package io.headwater.model.log;

import io.headwater.model.sign.Refusal;
import io.headwater.model.sign.Trust;
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
 * @param last the sound record of the highest epoch on the whole topic; empty where there is none
 * @param refused records after it that are not sound, oldest first; at most the last few
 * @param vouched the highest epoch that the stage has had: above the last record's where the key of
 *     a later one is not trusted for the stage any more
 * @param next offset to go on reading from
 */
record StageTail(
    Optional<StageEntry> last, List<StageRecordException> refused, long vouched, long next) {
  /** Farther than any number of refused records could lead an honest writer. */
  static final long MAX_STEP = 1 << 20;

  private static final long FIRST_STEP = 4;
  private static final int REFUSED_KEPT = 16;

  /**
   * Reads a stage topic's end.
   *
   * <p>The end of the topic may be transaction markers, aborted records or records of no use, or
   * old records that somebody wrote again, so it steps back, ever further, to a sound one, and on
   * to where that one's writer had read to: what lies before has lower epochs. For an honest record
   * that is where it stands, so the cost does not grow with the topic.
   */
  static StageTail read(LogReader log, PipelineTopics topics, Stage stage, Trust trust) {
    TopicPartition partition = log.partitions(topics.stage(stage)).get(0);
    LogReader.Extent extent = log.extent(partition);
    for (long step = FIRST_STEP; ; step *= 4) {
      long from = Math.max(extent.begin(), extent.end() - step);
      Window window = new Window(topics, stage, trust);
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
      if (from == extent.begin() || window.reachesBackTo(from)) {
        return new StageTail(
            Optional.ofNullable(window.best),
            List.copyOf(window.refused),
            window.vouched,
            extent.end());
      }
    }
  }

  private static final class Window {
    private final PipelineTopics topics;
    private final Stage stage;
    private final Trust trust;
    private final Deque<StageRecordException> refused = new ArrayDeque<>();
    private @Nullable StageEntry best;
    private long vouched;

    private Window(PipelineTopics topics, Stage stage, Trust trust) {
      this.topics = topics;
      this.stage = stage;
      this.trust = trust;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
      try {
        StageEntry entry = StageEntry.read(topics, stage, trust, record);
        if (best != null) {
          requireGrowth(best.record().getEpoch(), entry, topics.stage(stage));
        }
        best = entry;
        vouched = Math.max(vouched, entry.record().getEpoch());
        refused.clear();
      } catch (StageRecordException e) {
        if (e.vouchedEpoch() > vouched && e.vouchedEpoch() - vouched <= MAX_STEP) {
          vouched = e.vouchedEpoch();
        }
        if (refused.size() == REFUSED_KEPT) {
          refused.removeFirst();
        }
        refused.addLast(e);
      }
    }

    /** A writer can't have read beyond its own record: such a number is from another topic. */
    private boolean reachesBackTo(long from) {
      return best != null
          && best.record().getReadTo() >= from
          && best.record().getReadTo() <= best.offset();
    }
  }

  /**
   * Refuses an entry whose epoch does not grow, or grows so far that epochs would run out.
   *
   * @param epoch the highest before; 0 where none is known
   */
  static void requireGrowth(long epoch, StageEntry entry, String topic) {
    long found = entry.record().getEpoch();
    String at = "%s-0@%d: its epoch is %d after %d".formatted(topic, entry.offset(), found, epoch);
    if (found <= epoch) {
      throw new StageRecordException(Refusal.OLD_EPOCH, at + "; epochs only grow");
    }
    if (epoch > 0 && found - epoch > MAX_STEP) {
      throw new StageRecordException(
          Refusal.EPOCH_JUMP, at + "; they grow by " + MAX_STEP + " at most");
    }
  }
}
