package io.headwater.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What swapping versions while scoring came to; times in milliseconds.
 *
 * @param trainable how many trailing segments each version replaced
 * @param eventsPerSecond that were produced all the while
 * @param swaps how soon versions scored
 * @param steps where that time went, in order; {@code score} is from a version's being in force to
 *     the append of its first score
 * @param rounds a steady time and one of swaps each
 * @param memory the scorer's over the swaps
 * @param lost events without a score
 * @param doubled scores too many
 * @param errors what the scorer counted as gone wrong, by metric
 */
record SwapReport(
    String workload,
    int trainable,
    double eventsPerSecond,
    Swaps swaps,
    Map<String, Quantiles> steps,
    List<Pair> rounds,
    Memory memory,
    int lost,
    int doubled,
    Map<String, Long> errors) {
  /**
   * From the append of a version's stage record, by the broker's clock.
   *
   * @param neverScored versions that were published and scored nothing
   * @param bytesPerSwap that a version's publication wrote, on average
   * @param toAppended to the append of its first score, by the same clock
   * @param toRead to when one who reads what is committed has that score
   */
  record Swaps(
      int count, int neverScored, long bytesPerSwap, Quantiles toAppended, Quantiles toRead) {}

  /**
   * Latency from when an event was due.
   *
   * @param toScored to its score in the scorer
   * @param toRead to when one who reads what is committed has the score
   */
  record Latency(Quantiles toScored, Quantiles toRead) {}

  /**
   * A steady time and one of swaps.
   *
   * @param cpuMillisPerSwap the scorer's processor time of the one beyond the other, per swap
   */
  record Pair(Latency steady, Latency swapping, double cpuMillisPerSwap) {
    double scoredRatio() {
      return ratio(Latency::toScored);
    }

    double readRatio() {
      return ratio(Latency::toRead);
    }

    private double ratio(Function<Latency, Quantiles> part) {
      return part.apply(swapping).p99() / Math.max(1, part.apply(steady).p99());
    }
  }

  /**
   * The scorer's memory over the swaps after the first.
   *
   * @param skipped swaps that the slopes leave out
   * @param residentKiB slope of the resident memory, per swap
   * @param settledKiB the same over the last half of the swaps: a JVM grows for some hundred of
   *     them
   * @param heapKiB slope of the heap in use after a collection, per swap; NaN of fewer than 200
   * @param residentSeries KiB after each swap
   */
  record Memory(
      int skipped,
      Slope residentKiB,
      Slope settledKiB,
      Slope heapKiB,
      List<Double> residentSeries) {
    static Memory of(List<Double> resident, List<Long> heapBytes) {
      int skipped = Math.min(MOST_SKIPPED, resident.size() / 3);
      List<Double> heap =
          heapBytes.stream().map(bytes -> bytes / BYTES_PER_KIB / StepLog.HEAP_EVERY).toList();
      return new Memory(
          skipped,
          Slope.of(resident.subList(skipped, resident.size())),
          Slope.of(resident.subList(resident.size() / 2, resident.size())),
          Slope.of(heap),
          resident);
    }

    /** Whether each swap leaves something behind, of swaps enough to tell. */
    boolean grows() {
      return residentSeries.size() - skipped >= FEWEST_TOLD
          && residentKiB.perStep() > MOST_KIB_PER_SWAP;
    }
  }

  private static final int MOST_SKIPPED = 100;
  private static final double BYTES_PER_KIB = 1024;

  /** Fewer swaps leave single pages that come and go to make a slope. */
  private static final int FEWEST_TOLD = 500;

  /** The least version, the head of an MLP, takes 2.6 KiB of the log, and a session of it more. */
  private static final double MOST_KIB_PER_SWAP = 0.5;

  boolean sound() {
    return swaps.neverScored() == 0 && lost == 0 && doubled == 0 && errors.isEmpty() && !grows();
  }

  /** With rounds the JVM's second compiler is at work, whose memory says nothing of versions. */
  private boolean grows() {
    return rounds.isEmpty() && memory.grows();
  }

  /** The median over the rounds. */
  double median(ToDoubleFunction<Pair> figure) {
    return Quantiles.median(rounds.stream().mapToDouble(figure).toArray());
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "%s, %s, at %,.0f events/s: %,d swaps, %,d bytes each",
            workload,
            trainable == 1 ? "a new head" : "the last " + trainable + " segments",
            eventsPerSecond,
            swaps.count(),
            swaps.bytesPerSwap()));
    text.append(line("ms since the stage record    p50      p90      p99     most"));
    text.append(row("first score appended", swaps.toAppended()));
    text.append(row("first score read", swaps.toRead()));
    steps.forEach((step, spread) -> text.append(row("  " + step, spread)));
    if (!rounds.isEmpty()) {
      text.append(
          line("round   scored p99 ms: steady, swapping, ratio   read p99 ms   CPU-ms a swap"));
      for (int i = 0; i < rounds.size(); i++) {
        Pair pair = rounds.get(i);
        text.append(
            line(
                "%5d   %,7.0f %,7.0f   %5.2f      %,7.0f %,7.0f   %5.2f   %8.1f",
                i + 1,
                pair.steady().toScored().p99(),
                pair.swapping().toScored().p99(),
                pair.scoredRatio(),
                pair.steady().toRead().p99(),
                pair.swapping().toRead().p99(),
                pair.readRatio(),
                pair.cpuMillisPerSwap()));
      }
      text.append(
          line(
              "median ratio of p99: %.2f in the scorer, %.2f as read; %.1f CPU-ms a swap",
              median(Pair::scoredRatio), median(Pair::readRatio), median(Pair::cpuMillisPerSwap)));
    }
    text.append(
        line(
            "after %,d swaps, per swap: resident %+.2f KiB (s.e. %.2f), over the last half %+.2f (s.e."
                + " %.2f); heap in use %+.2f KiB (s.e. %.2f)",
            memory.skipped(),
            memory.residentKiB().perStep(),
            memory.residentKiB().standardError(),
            memory.settledKiB().perStep(),
            memory.settledKiB().standardError(),
            memory.heapKiB().perStep(),
            memory.heapKiB().standardError()));
    text.append(
        line(
            "%,d versions never scored, %,d events lost, %,d scores doubled, errors: %s",
            swaps.neverScored(), lost, doubled, errors.isEmpty() ? "none" : errors));
    if (grows()) {
      text.append(
          line(
              "the scorer's resident memory grows by more than %.1f KiB a swap",
              MOST_KIB_PER_SWAP));
    }
    return text.toString();
  }

  String json() {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record can always be written", e);
    }
  }

  private static String row(String what, Quantiles of) {
    return line("%-22s %8.1f %8.1f %8.1f %8.1f", what, of.p50(), of.p90(), of.p99(), of.most());
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format + "%n", values);
  }
}
