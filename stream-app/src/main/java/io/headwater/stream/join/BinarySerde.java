package io.headwater.stream.join;

import io.headwater.schemas.serde.AvroBounds;
import io.headwater.stream.held.Held;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.message.MessageDecoder;
import org.apache.avro.message.MessageEncoder;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Serdes of the scorer's internal records: Avro single-object encoding, which names the schema that
 * wrote a record, so that a later scorer can still read the state of an earlier one.
 */
public final class BinarySerde {
  static {
    AvroBounds.trust(Held.class.getPackageName() + ".");
  }

  private BinarySerde() {}

  public static <T> Serde<T> of(MessageEncoder<T> encoder, MessageDecoder<T> decoder) {
    return Serdes.serdeFrom(
        (topic, record) -> record == null ? null : write(encoder, record),
        (topic, bytes) -> bytes == null ? null : read(decoder, bytes));
  }

  private static <T> byte[] write(MessageEncoder<T> encoder, T record) {
    try {
      ByteBuffer encoded = encoder.encode(record);
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't fail to be written to", e);
    }
  }

  private static <T> T read(MessageDecoder<T> decoder, byte[] bytes) {
    try {
      return decoder.decode(bytes);
    } catch (IOException e) {
      throw new SerializationException("an internal record that this version did not write", e);
    }
  }
}
