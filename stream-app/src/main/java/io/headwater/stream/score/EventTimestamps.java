package io.headwater.stream.score;

import io.headwater.stream.ingest.BoundedTimestamps;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Notes what a record that no poll noted says of itself on its event, and shows Kafka Streams only
 * a bounded one.
 */
public final class EventTimestamps implements TimestampExtractor {
  private final BoundedTimestamps bounded;

  public EventTimestamps(BoundedTimestamps bounded) {
    this.bounded = bounded;
  }

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    if (record.value() instanceof PolledEvent event) {
      event.stamp(record);
    } else if (record.value() instanceof PolledRun run) {
      PolledEvent first = run.events().get(0);
      if (first.poll() == null) {
        first.stamp(record);
      }
    }
    return bounded.extract(record, partitionTime);
  }
}
