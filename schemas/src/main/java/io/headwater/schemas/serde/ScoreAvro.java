package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes the fields of {@code Score.avsc} that every score has one behind the other, in Confluent
 * framing.
 *
 * <p>Safe for use by several threads.
 */
final class ScoreAvro {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final Schema STAGES = Score.getClassSchema().getField("stage").schema();

  /** Fields at the end that a slim score does not have: the null of each union. */
  private static final int ABSENT = 3;

  /** Seven bits of a varint are of the number. */
  private static final int VARINT_BITS = 7;

  /** What the scores of one version on one topic have in common, in bytes. */
  private record Common(String topic, String version, Stage stage, byte[] framing, byte[] by) {}

  private final SchemaRegistry registry;
  private volatile @Nullable Common last;

  ScoreAvro(SchemaRegistry registry) {
    this.registry = registry;
  }

  byte[] write(String topic, PlainScore score) {
    Common common = common(topic, score);
    byte[] id = score.eventId().getBytes(UTF_8);
    byte[] decision = score.decision().getBytes(UTF_8);
    float[] probabilities = score.probabilities();
    int shares =
        probabilities.length == 0
            ? 0
            : size(probabilities.length) + Float.BYTES * probabilities.length;
    Line out =
        new Line(
            common.framing.length
                + (size(id.length) + id.length)
                + size(score.eventTime())
                + common.by.length
                + (size(decision.length) + decision.length)
                + shares
                + 1
                + size(score.scoredAt())
                + ABSENT);
    out.raw(common.framing);
    out.text(id);
    out.varint(score.eventTime());
    out.raw(common.by);
    out.text(decision);
    if (probabilities.length > 0) {
      out.varint(probabilities.length);
      for (float probability : probabilities) {
        out.number(probability);
      }
    }
    out.varint(0);
    out.varint(score.scoredAt());
    for (int i = 0; i < ABSENT; i++) {
      out.varint(0);
    }
    return out.bytes;
  }

  /** How many bytes a varint takes. */
  private static int size(long value) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(zigZag(value) | 1);
    return (bits + VARINT_BITS - 1) / VARINT_BITS;
  }

  private static long zigZag(long value) {
    return (value << 1) ^ (value >> (Long.SIZE - 1));
  }

  private Common common(String topic, PlainScore score) {
    Common known = last;
    if (known == null
        || !known.version.equals(score.version())
        || known.stage != score.stage()
        || !known.topic.equals(topic)) {
      int schema = registry.register(topic + "-value", Score.getClassSchema());
      byte[] version = score.version().getBytes(UTF_8);
      int stage = STAGES.getEnumOrdinal(score.stage().name());
      Line by = new Line(size(version.length) + version.length + size(stage));
      by.text(version);
      by.varint(stage);
      known =
          new Common(
              topic,
              score.version(),
              score.stage(),
              ByteBuffer.allocate(FramedAvro.HEADER_BYTES).put((byte) 0).putInt(schema).array(),
              by.bytes);
      last = known;
    }
    return known;
  }

  /** As many bytes as are written. */
  private static final class Line {
    private final byte[] bytes;
    private int size;

    Line(int length) {
      bytes = new byte[length];
    }

    void raw(byte[] part) {
      System.arraycopy(part, 0, bytes, size, part.length);
      size += part.length;
    }

    void text(byte[] utf8) {
      varint(utf8.length);
      raw(utf8);
    }

    void number(float value) {
      INTS.set(bytes, size, Float.floatToRawIntBits(value));
      size += Float.BYTES;
    }

    /** Zig-zag, seven bits a byte, the lowest first. */
    void varint(long value) {
      long left = zigZag(value);
      while ((left & ~0x7FL) != 0) {
        bytes[size++] = (byte) (left | 0x80);
        left >>>= VARINT_BITS;
      }
      bytes[size++] = (byte) left;
    }
  }
}
