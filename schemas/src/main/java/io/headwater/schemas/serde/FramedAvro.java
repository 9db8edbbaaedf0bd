package io.headwater.schemas.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Avro binary in Confluent framing: 0x00, four bytes of schema id, the record.
 *
 * <p>What a hostile record claims of its own lengths is bounded before anything is allocated.
 */
final class FramedAvro {
  static {
    AvroBounds.establish();
  }

  static final int HEADER_BYTES = 5;

  private FramedAvro() {}

  static <T> byte[] write(int schemaId, DatumWriter<T> writer, T record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    out.writeBytes(ByteBuffer.allocate(HEADER_BYTES).put((byte) 0).putInt(schemaId).array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    try {
      writer.write(record, encoder);
      encoder.flush();
    } catch (IOException | AvroRuntimeException | ClassCastException | NullPointerException e) {
      throw new SerializationException("a record that its Avro schema can't hold", e);
    }
    return out.toByteArray();
  }

  static int schemaId(byte[] framed) {
    if (framed.length < HEADER_BYTES || framed[0] != 0) {
      throw new SerializationException(
          "not Avro in Confluent framing (0x00, four bytes of schema id, the record): produce with"
              + " a schema-registry serializer, or set `format: json` in the pipeline file");
    }
    return ByteBuffer.wrap(framed).getInt(1);
  }

  static <T> T read(byte[] framed, DatumReader<T> reader, Schema writer) {
    return read(framed, HEADER_BYTES, true, reader, writer);
  }

  /** Reads what begins at a place, wherever it ends. */
  static <T> T readPart(byte[] framed, int from, DatumReader<T> reader, Schema writer) {
    return read(framed, from, false, reader, writer);
  }

  private static <T> T read(
      byte[] framed, int from, boolean whole, DatumReader<T> reader, Schema writer) {
    BinaryDecoder decoder =
        DecoderFactory.get().binaryDecoder(framed, from, framed.length - from, null);
    try {
      T record = reader.read(null, decoder);
      if (whole && !decoder.isEnd()) {
        throw new SerializationException("bytes left over after an Avro " + writer.getFullName());
      }
      return record;
    } catch (IOException
        | AvroRuntimeException
        | UnsupportedOperationException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | NegativeArraySizeException e) {
      throw new SerializationException("bytes that are not an Avro " + writer.getFullName(), e);
    } catch (StackOverflowError e) {
      // A recursive schema lets the bytes choose the depth, in fields that are passed over, too.
      throw new SerializationException(
          "an Avro " + writer.getFullName() + " that is nested too deeply");
    }
  }
}
