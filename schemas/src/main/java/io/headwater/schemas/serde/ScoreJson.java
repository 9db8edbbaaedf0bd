package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.headwater.schemas.Stage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes ordinary scores as {@link AvroJson} does.
 *
 * <p>Safe for use by several threads.
 */
final class ScoreJson {
  private static final byte[] ID = "{\"eventId\":\"".getBytes(US_ASCII);
  private static final byte[] TIME = "\",\"eventTime\":".getBytes(US_ASCII);
  private static final byte[] PROBABILITIES = "\",\"probabilities\":[".getBytes(US_ASCII);
  private static final byte[] SCORED_AT = "],\"scoredAt\":".getBytes(US_ASCII);

  /** Above the names, the punctuation and both times. */
  private static final int FIXED_BYTES = 120;

  private static final int FLOAT_BYTES = 20;
  private static final int LONG_DIGITS = 19;

  /**
   * What the scores of one version have in common.
   *
   * @param bytes from behind the time to the decision; null where the version needs escapes
   */
  private record Common(String version, Stage stage, byte @Nullable [] bytes) {
    static Common of(String version, Stage stage) {
      String text = ",\"version\":\"" + version + "\",\"stage\":\"" + stage + "\",\"decision\":\"";
      boolean ordinary = version.chars().allMatch(ScoreJson::isOrdinary);
      return new Common(version, stage, ordinary ? text.getBytes(US_ASCII) : null);
    }
  }

  private volatile @Nullable Common last;

  /**
   * The score's bytes, or null where a text needs escapes, a value can't be written, or there is
   * more than what every score has.
   */
  byte @Nullable [] write(PlainScore score) {
    byte[] by = common(score);
    if (by == null || !score.isSlim() || score.eventTime() < 0 || score.scoredAt() < 0) {
      return null;
    }
    String id = score.eventId();
    String decision = score.decision();
    float[] probabilities = score.probabilities();
    Line out =
        new Line(
            FIXED_BYTES
                + by.length
                + id.length()
                + decision.length()
                + FLOAT_BYTES * probabilities.length);
    out.raw(ID);
    out.text(id);
    out.raw(TIME);
    out.whole(score.eventTime());
    out.raw(by);
    out.text(decision);
    out.raw(PROBABILITIES);
    for (int i = 0; i < probabilities.length; i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.number(probabilities[i]);
    }
    out.raw(SCORED_AT);
    out.whole(score.scoredAt());
    out.raw('}');
    return out.ordinary ? Arrays.copyOf(out.bytes, out.size) : null;
  }

  private byte @Nullable [] common(PlainScore score) {
    Common known = last;
    if (known == null || !known.version.equals(score.version()) || known.stage != score.stage()) {
      known = Common.of(score.version(), score.stage());
      last = known;
    }
    return known.bytes;
  }

  private static boolean isOrdinary(int c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  }

  /** The bytes written so far. */
  private static final class Line {
    final byte[] bytes;
    int size;
    boolean ordinary = true;

    Line(int room) {
      bytes = new byte[room];
    }

    void raw(byte[] ascii) {
      System.arraycopy(ascii, 0, bytes, size, ascii.length);
      size += ascii.length;
    }

    void raw(char ascii) {
      bytes[size++] = (byte) ascii;
    }

    void text(String text) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        ordinary &= isOrdinary(c);
        bytes[size++] = (byte) c;
      }
    }

    void number(float number) {
      ordinary &= Float.isFinite(number);
      String digits = NumberOutput.toString(number, true);
      for (int i = 0; i < digits.length(); i++) {
        bytes[size++] = (byte) digits.charAt(i);
      }
    }

    /** One that is not below zero. */
    void whole(long number) {
      int end = size + digits(number);
      size = end;
      long left = number;
      do {
        bytes[--end] = (byte) ('0' + left % 10);
        left /= 10;
      } while (left > 0);
    }

    private static int digits(long number) {
      int digits = 1;
      for (long bound = 10; digits < LONG_DIGITS && number >= bound; bound *= 10) {
        digits++;
      }
      return digits;
    }
  }
}
