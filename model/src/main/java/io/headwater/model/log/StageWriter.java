package io.headwater.model.log;

import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The one writer of a stage: its transactional id fences any other.
 *
 * <p>Not safe for use by several threads.
 */
public final class StageWriter implements AutoCloseable {
  /** What one transaction wrote. */
  public record Written(long epoch, long bytes, PublishedVersion version) {}

  public StageWriter(PipelineTopics topics, Stage stage, Map<String, Object> client, Clock clock) {
    throw new UnsupportedOperationException("not written");
  }

  /**
   * Publishes a version: the blobs that the log lacks, the stage record, the decision and the
   * reader's offsets, all in one transaction.
   *
   * @param offsets what had been read of the training log, committed under the trainer's group;
   *     empty where nothing was
   * @throws org.apache.kafka.common.errors.ProducerFencedException where another writer took over
   */
  public Written publish(
      ModelPackage version,
      RolloutDecision decision,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      Instant effectiveFrom) {
    throw new UnsupportedOperationException("not written");
  }

  /** Writes a version that already stands in the log onto this stage, with the decision. */
  public Written promote(
      PublishedVersion version, RolloutDecision decision, Instant effectiveFrom) {
    throw new UnsupportedOperationException("not written");
  }

  /** Records a decision that publishes nothing, with the reader's offsets, in one transaction. */
  public void record(RolloutDecision decision, Map<TopicPartition, OffsetAndMetadata> offsets) {
    throw new UnsupportedOperationException("not written");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("not written");
  }
}
