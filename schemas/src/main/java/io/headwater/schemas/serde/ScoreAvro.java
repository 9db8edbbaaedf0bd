package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
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

  /** The longest varint of 64 bits. */
  private static final int LONG_BYTES = 10;

  /** Fields at the end that a slim score does not have: the null of each union. */
  private static final int ABSENT = 3;

  /** The framing, four lengths, the array's end, both times and what is absent. */
  private static final int FIXED_BYTES = FramedAvro.HEADER_BYTES + 7 * LONG_BYTES + ABSENT;

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
    Line out =
        new Line(
            FIXED_BYTES
                + id.length
                + common.by.length
                + decision.length
                + Float.BYTES * probabilities.length);
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
    return out.written();
  }

  private Common common(String topic, PlainScore score) {
    Common known = last;
    if (known == null
        || !known.version.equals(score.version())
        || known.stage != score.stage()
        || !known.topic.equals(topic)) {
      int schema = registry.register(topic + "-value", Score.getClassSchema());
      byte[] version = score.version().getBytes(UTF_8);
      Line by = new Line(2 * LONG_BYTES + version.length);
      by.text(version);
      by.varint(STAGES.getEnumOrdinal(score.stage().name()));
      known =
          new Common(
              topic,
              score.version(),
              score.stage(),
              ByteBuffer.allocate(FramedAvro.HEADER_BYTES).put((byte) 0).putInt(schema).array(),
              by.written());
      last = known;
    }
    return known;
  }

  /** The bytes written so far. */
  private static final class Line {
    private final byte[] bytes;
    private int size;

    Line(int room) {
      bytes = new byte[room];
    }

    byte[] written() {
      return Arrays.copyOf(bytes, size);
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
      long left = (value << 1) ^ (value >> (Long.SIZE - 1));
      while ((left & ~0x7FL) != 0) {
        bytes[size++] = (byte) (left | 0x80);
        left >>>= 7;
      }
      bytes[size++] = (byte) left;
    }
  }
}
