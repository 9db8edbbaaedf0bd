package io.headwater.model.log;

import io.headwater.model.sign.Trust;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Everything that a stage topic holds, oldest first: the stage's past, for people and for gc. */
final class StageHistory {
  /** Is told of each record; it keeps what it needs, so that a long history needs no memory. */
  interface Reader {
    /** A record that was in force from {@code record}'s time until the next one's. */
    void sound(StageEntry entry, ConsumerRecord<byte[], byte[]> record);

    /** A record that nobody who believes the same keys ever followed. */
    void refused(StageRecordException reason, ConsumerRecord<byte[], byte[]> record);
  }

  private StageHistory() {}

  /** Reads all committed records of a stage topic. */
  static void read(LogReader log, PipelineTopics topics, Stage stage, Trust trust, Reader reader) {
    TopicPartition partition = log.partitions(topics.stage(stage)).get(0);
    LogReader.Extent extent = log.extent(partition);
    if (extent.begin() == extent.end()) {
      return;
    }
    long[] epoch = {0};
    log.read(
        partition,
        extent.begin(),
        extent.end(),
        record -> {
          try {
            StageEntry entry = StageEntry.read(topics, stage, trust, record);
            StageTail.requireGrowth(epoch[0], entry, record.topic());
            epoch[0] = entry.record().getEpoch();
            reader.sound(entry, record);
          } catch (StageRecordException e) {
            reader.refused(e, record);
          }
          return true;
        });
  }
}
