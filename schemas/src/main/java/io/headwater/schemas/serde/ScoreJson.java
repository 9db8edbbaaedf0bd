package io.headwater.schemas.serde;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.headwater.schemas.Score;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes ordinary scores as {@link AvroJson} does, to the byte, in a third of the time: there is
 * one for every event.
 */
final class ScoreJson {
  /** Above the names, the punctuation, the stage and both times. */
  private static final int FIXED_BYTES = 200;

  private static final int FLOAT_BYTES = 20;
  private static final int LONG_DIGITS = 19;

  private final byte[] bytes;
  private int size;
  private boolean ordinary = true;

  private ScoreJson(int room) {
    this.bytes = new byte[room];
  }

  /**
   * The score's bytes, or null where a text needs escapes, a value can't be written, or there is
   * more than what every score has.
   */
  static byte @Nullable [] write(Score score) {
    if (score.getValue() != null || score.getEmbedding() != null || score.getFields() != null) {
      return null;
    }
    String id = score.getEventId();
    String version = score.getVersion();
    String decision = score.getDecision();
    List<Float> probabilities = score.getProbabilities();
    if (id == null || version == null || decision == null || probabilities == null) {
      return null;
    }
    ScoreJson out =
        new ScoreJson(
            FIXED_BYTES
                + id.length()
                + version.length()
                + decision.length()
                + FLOAT_BYTES * probabilities.size());
    out.raw("{\"eventId\":\"").text(id);
    out.raw("\",\"eventTime\":").time(score.getEventTime());
    out.raw(",\"version\":\"").text(version);
    out.raw("\",\"stage\":\"").text(String.valueOf(score.getStage()));
    out.raw("\",\"decision\":\"").text(decision);
    out.raw("\",\"probabilities\":[");
    for (int i = 0; i < probabilities.size(); i++) {
      out.raw(i == 0 ? "" : ",").number(probabilities.get(i));
    }
    out.raw("],\"scoredAt\":").time(score.getScoredAt());
    out.raw("}");
    return out.ordinary && score.getStage() != null ? Arrays.copyOf(out.bytes, out.size) : null;
  }

  private ScoreJson raw(String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      bytes[size++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  private void text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      ordinary &= c >= ' ' && c <= '~' && c != '"' && c != '\\';
      bytes[size++] = (byte) c;
    }
  }

  private void number(@Nullable Float number) {
    if (number == null || !Float.isFinite(number)) {
      ordinary = false;
    } else {
      raw(NumberOutput.toString(number, true));
    }
  }

  private void time(@Nullable Instant time) {
    if (time == null) {
      ordinary = false;
      return;
    }
    long millis = time.toEpochMilli();
    if (millis < 0) {
      ordinary = false;
      return;
    }
    int end = size + digits(millis);
    size = end;
    do {
      bytes[--end] = (byte) ('0' + millis % 10);
      millis /= 10;
    } while (millis > 0);
  }

  private static int digits(long number) {
    int digits = 1;
    for (long bound = 10; digits < LONG_DIGITS && number >= bound; bound *= 10) {
      digits++;
    }
    return digits;
  }
}
