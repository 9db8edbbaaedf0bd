package io.headwater.stream.score;

import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Makes an event of each record, on which {@link EventTimestamps} notes what else it says.
 *
 * <p>Reads nothing of the value, and so never fails; only reads, as events are never written.
 */
public final class PolledEventSerde implements Serde<PolledEvent> {
  @Override
  public Deserializer<PolledEvent> deserializer() {
    return (topic, value) -> PolledEvent.alone(value);
  }

  @Override
  public Serializer<PolledEvent> serializer() {
    return (topic, event) -> {
      throw new UnsupportedOperationException("events are read, never written");
    };
  }
}
