package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the fields of {@code Score.avsc} that every score has one behind the other, in Confluent
 * framing.
 *
 * <p>Safe for use by several threads.
 */
final class ScoreAvro {
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
    ByteBuffer out =
        ByteBuffer.allocate(
                FIXED_BYTES
                    + id.length
                    + common.by.length
                    + decision.length
                    + Float.BYTES * probabilities.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(common.framing);
    text(out, id);
    varint(out, score.eventTime());
    out.put(common.by);
    text(out, decision);
    if (probabilities.length > 0) {
      varint(out, probabilities.length);
      for (float probability : probabilities) {
        out.putFloat(probability);
      }
    }
    varint(out, 0);
    varint(out, score.scoredAt());
    for (int i = 0; i < ABSENT; i++) {
      varint(out, 0);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private Common common(String topic, PlainScore score) {
    Common known = last;
    if (known == null
        || !known.version.equals(score.version())
        || known.stage != score.stage()
        || !known.topic.equals(topic)) {
      int schema = registry.register(topic + "-value", Score.getClassSchema());
      byte[] version = score.version().getBytes(UTF_8);
      ByteBuffer by = ByteBuffer.allocate(2 * LONG_BYTES + version.length);
      text(by, version);
      varint(by, score.stage().ordinal());
      known =
          new Common(
              topic,
              score.version(),
              score.stage(),
              ByteBuffer.allocate(FramedAvro.HEADER_BYTES).put((byte) 0).putInt(schema).array(),
              Arrays.copyOf(by.array(), by.position()));
      last = known;
    }
    return known;
  }

  private static void text(ByteBuffer out, byte[] utf8) {
    varint(out, utf8.length);
    out.put(utf8);
  }

  /** Zig-zag, seven bits a byte, the lowest first. */
  private static void varint(ByteBuffer out, long value) {
    long left = (value << 1) ^ (value >> (Long.SIZE - 1));
    while ((left & ~0x7FL) != 0) {
      out.put((byte) (left | 0x80));
      left >>>= 7;
    }
    out.put((byte) left);
  }
}
