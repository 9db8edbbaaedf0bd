package io.headwater.schemas.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * One thing done to a file.
 *
 * @param place where, as a share of its length
 * @param bits what chance decides besides: the same bits do the same
 */
record Change(Kind kind, double place, long bits) {
  enum Kind {
    BIT,
    BYTE,
    CUT,
    DROP,
    INSERT,
    REPEAT,
    LENGTH,
    TOKEN,
    SPLICE,
    REPLACE
  }

  private static final int MOST_INSERTED = 16;
  private static final int MOST_REPLACED = 300;
  private static final int MOST_BYTES = 1 << 20;
  private static final int VARINT_BITS = 7;

  private static final long[] LENGTHS = {
    0,
    -1,
    1,
    0x7F,
    0xFF,
    0xFFFF,
    1 << 20,
    1 << 24,
    9_999_999,
    33_554_431,
    Integer.MAX_VALUE,
    Integer.MAX_VALUE - 8,
    Integer.MIN_VALUE,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  /** A value of JSON or YAML. */
  private static final Pattern TOKEN =
      Pattern.compile("\"[^\"]*\"(?!\\s*:)|[-+]?\\d[-+.:\\w]*|\\b(?:true|false|null)\\b");

  private static final List<String> TOKENS =
      List.of(
          "null",
          "true",
          "\"\"",
          "{}",
          "[]",
          "[null]",
          "0",
          "-1",
          "2147483648",
          "9223372036854775807",
          "-9223372036854775808",
          "9223372036854775808",
          "1e400",
          "-1e-400",
          "1e999999999",
          "-0.0",
          "NaN",
          "1" + "0".repeat(98),
          "1".repeat(5_000),
          "\"+1000000000-12-31T23:59:59.999999999Z\"",
          "\"-1000000000-01-01T00:00:00Z\"",
          "\"PT2562047788015215H30M7S\"",
          "\"999999999999999d\"",
          "\"\\uD83D\"",
          "\"\\u0000\"",
          "\"AAAA\"",
          "\"..\"",
          "\"a\": 1, \"a\": 2",
          "[".repeat(70),
          "[".repeat(5_000),
          "{\"a\":".repeat(5_000),
          "[".repeat(900) + "]".repeat(900),
          "\"" + "x".repeat(70_000) + "\"",
          "&a [*a, *a]",
          "!!binary x",
          "!!float x",
          "!!set {a, b}",
          "!<tag:x> y",
          "\n---\n",
          "\n%YAML 9.9\n---\n",
          "? a\n: b",
          "|\n  a\n b");

  byte[] in(byte[] bytes, byte[] other) {
    Random random = new Random(bits);
    int at = (int) (place * bytes.length);
    if (kind == Kind.REPLACE) {
      byte[] any = new byte[random.nextInt(MOST_REPLACED)];
      random.nextBytes(any);
      return any;
    }
    if (bytes.length == 0 || bytes.length > MOST_BYTES) {
      return bytes;
    }
    return switch (kind) {
      case BIT -> with(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(Byte.SIZE))));
      case BYTE -> with(bytes, at, (byte) random.nextInt());
      case CUT -> Arrays.copyOf(bytes, at);
      case DROP -> put(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), new byte[0]);
      case INSERT -> {
        byte[] more = new byte[1 + random.nextInt(MOST_INSERTED)];
        random.nextBytes(more);
        yield put(bytes, at, at, more);
      }
      case REPEAT -> put(bytes, at, at, Arrays.copyOfRange(bytes, random.nextInt(at + 1), at));
      case LENGTH -> {
        byte[] length = length(LENGTHS[random.nextInt(LENGTHS.length)], random.nextInt(4));
        int replaced = random.nextBoolean() ? length.length : random.nextInt(2);
        yield put(bytes, at, Math.min(bytes.length, at + replaced), length);
      }
      case TOKEN -> token(bytes, random);
      case SPLICE -> put(bytes, at, bytes.length, tail(other, random));
      case REPLACE -> throw new AssertionError("done above");
    };
  }

  private static byte[] with(byte[] bytes, int at, byte value) {
    byte[] changed = bytes.clone();
    changed[at] = value;
    return changed;
  }

  private static byte[] put(byte[] bytes, int from, int to, byte[] between) {
    byte[] changed = new byte[from + between.length + bytes.length - to];
    System.arraycopy(bytes, 0, changed, 0, from);
    System.arraycopy(between, 0, changed, from, between.length);
    System.arraycopy(bytes, to, changed, from + between.length, bytes.length - to);
    return changed;
  }

  private static byte[] tail(byte[] other, Random random) {
    return Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length);
  }

  /** As formats write one: 32 bits of either order, or a varint, plain or zigzag. */
  private static byte[] length(long value, int form) {
    return switch (form) {
      case 0 -> ByteBuffer.allocate(Integer.BYTES).putInt((int) value).array();
      case 1 ->
          ByteBuffer.allocate(Integer.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt((int) value)
              .array();
      case 2 -> varint(value);
      default -> varint((value << 1) ^ (value >> (Long.SIZE - 1)));
    };
  }

  private static byte[] varint(long value) {
    ByteBuffer bytes = ByteBuffer.allocate(10);
    long left = value;
    while ((left & (-1L << VARINT_BITS)) != 0) {
      bytes.put((byte) ((left & 0x7F) | 0x80));
      left >>>= VARINT_BITS;
    }
    bytes.put((byte) left);
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Another value in the place of one. */
  private byte[] token(byte[] bytes, Random random) {
    List<MatchResult> tokens = new ArrayList<>();
    TOKEN.matcher(new String(bytes, ISO_8859_1)).results().forEach(tokens::add);
    if (tokens.isEmpty()) {
      return bytes;
    }
    MatchResult token = tokens.get((int) (place * tokens.size()));
    String other = TOKENS.get(random.nextInt(TOKENS.size()));
    return put(bytes, token.start(), token.end(), other.getBytes(ISO_8859_1));
  }
}
