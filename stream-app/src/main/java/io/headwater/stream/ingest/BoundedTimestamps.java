package io.headwater.stream.ingest;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Shows Kafka Streams only times within the pipeline's bounds, whatever a record claims.
 *
 * <p>Never throws and never answers with a negative time, for which Streams drops a record unseen.
 */
public final class BoundedTimestamps implements TimestampExtractor {
  private final TimeBounds bounds;

  public BoundedTimestamps(TimeBounds bounds) {
    this.bounds = bounds;
  }

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return bounds.clamp(record.timestamp());
  }
}
