package io.headwater.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;
import java.util.Locale;

/**
 * What training beside a scorer came to.
 *
 * @param eventsPerSecond that were fed all the while
 * @param budget the pipeline's {@code training.budget}
 * @param nice of the trainer's process
 * @param steps that it made, of 16 texts each
 */
record BesideReport(
    String workload,
    double eventsPerSecond,
    double budget,
    int nice,
    long steps,
    double examplesPerSecond,
    List<Pair> rounds) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * The latency of scoring in ms, from when an event was due to the append of its score.
   *
   * @param ratio of the p99 beside training to the one alone
   */
  record Pair(Quantiles alone, Quantiles beside, double ratio) {}

  /** The middle ratio of the rounds. */
  double ratio() {
    return Quantiles.median(rounds.stream().mapToDouble(Pair::ratio).toArray());
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "%s, %.0f events/s; a block trained at budget %.2f and nice %d: %,d steps, %.1f examples/s",
            workload, eventsPerSecond, budget, nice, steps, examplesPerSecond));
    for (Pair pair : rounds) {
      text.append(
          line(
              "alone p50 %.0f, p99 %.0f ms; beside p50 %.0f, p99 %.0f ms: p99 %.2f times",
              pair.alone.p50(),
              pair.alone.p99(),
              pair.beside.p50(),
              pair.beside.p99(),
              pair.ratio));
    }
    text.append(line("p99 beside training is %.2f times that alone (median)", ratio()));
    return text.toString();
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records can always be written", e);
    }
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format + "%n", values);
  }
}
