package io.headwater.stream.score;

import java.util.Iterator;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Takes the poll's handle off a record's headers, before anything can fail and leak it.
 *
 * <p>Reads nothing of the value, and so never fails; only reads, as events are never written.
 */
public final class PolledEventSerde implements Serde<PolledEvent> {
  @Override
  public Deserializer<PolledEvent> deserializer() {
    return new Deserializer<>() {
      @Override
      public PolledEvent deserialize(String topic, byte[] value) {
        return PolledEvent.alone(value);
      }

      @Override
      public PolledEvent deserialize(String topic, Headers headers, byte[] value) {
        for (Iterator<Header> each = headers.iterator(); each.hasNext(); ) {
          if (each.next() instanceof PollInterceptor.Handle handle) {
            each.remove();
            return handle.event();
          }
        }
        return PolledEvent.alone(value);
      }
    };
  }

  @Override
  public Serializer<PolledEvent> serializer() {
    return (topic, event) -> {
      throw new UnsupportedOperationException("events are read, never written");
    };
  }
}
