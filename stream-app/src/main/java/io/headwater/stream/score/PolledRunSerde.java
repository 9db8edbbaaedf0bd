package io.headwater.stream.score;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Reads the run that a record stands for from its headers.
 *
 * <p>Reads nothing of the value, and so never fails; only reads, as events are never written.
 */
public final class PolledRunSerde implements Serde<PolledRun> {
  @Override
  public Deserializer<PolledRun> deserializer() {
    return new Deserializer<>() {
      @Override
      public PolledRun deserialize(String topic, byte[] value) {
        return PolledRun.alone(PolledEvent.alone(value));
      }

      @Override
      public PolledRun deserialize(String topic, Headers headers, byte[] value) {
        for (Header header : headers) {
          if (header instanceof PollInterceptor.Handle handle) {
            return handle.run();
          }
        }
        return deserialize(topic, value);
      }
    };
  }

  @Override
  public Serializer<PolledRun> serializer() {
    return (topic, run) -> {
      throw new UnsupportedOperationException("events are read, never written");
    };
  }
}
