package io.headwater.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What swapping versions while scoring came to.
 *
 * @param eventsPerSecond that were produced all the while
 * @param swapMillis from the commit of each stage record to the append of the version's first score
 * @param neverScored versions that were published and scored nothing
 * @param bytesPerSwap that a version's publication wrote, on average
 * @param residentMiBPerHundredSwaps slope of the scorer's resident memory over the swaps, by least
 *     squares; NaN where the system doesn't tell
 * @param rounds a steady time and one of swaps each
 * @param lost events without a score
 * @param doubled scores too many
 */
record SwapReport(
    String workload,
    double eventsPerSecond,
    List<Long> swapMillis,
    int neverScored,
    long bytesPerSwap,
    double residentMiBPerHundredSwaps,
    List<Pair> rounds,
    int lost,
    int doubled) {
  /**
   * The latency of scoring, from when an event was due to the append of its score, in ms.
   *
   * @param ratio of the p99 while swapping to the steady one
   */
  record Pair(long steadyP50, long steadyP99, long swappingP50, long swappingP99, double ratio) {}

  /** The value that a share of values do not exceed; 0 of none. */
  static long percentile(long[] values, double share) {
    if (values.length == 0) {
      return 0;
    }
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)];
  }

  /** Slope of values over their index, by least squares; NaN of fewer than two. */
  static double slope(List<Double> values) {
    double n = values.size();
    double meanX = (n - 1) / 2;
    double meanY = values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    double across = 0;
    double squares = 0;
    for (int i = 0; i < values.size(); i++) {
      across += (i - meanX) * (values.get(i) - meanY);
      squares += (i - meanX) * (i - meanX);
    }
    return squares == 0 ? Double.NaN : across / squares;
  }

  private long swapPercentile(double share) {
    return percentile(swapMillis.stream().mapToLong(Long::longValue).toArray(), share);
  }

  boolean sound() {
    return neverScored == 0 && lost == 0 && doubled == 0;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line("%s at %,.0f events/s, %,d swaps", workload, eventsPerSecond, swapMillis.size()));
    text.append(
        line(
            "stage record to first score: p50 %,d ms, p90 %,d ms, most %,d ms; %,d bytes a swap",
            swapPercentile(0.5), swapPercentile(0.9), swapPercentile(1), bytesPerSwap));
    text.append(line("resident memory: %+.1f MiB in a hundred swaps", residentMiBPerHundredSwaps));
    text.append(line("round   steady p50/p99 ms   swapping p50/p99 ms   ratio of p99"));
    for (int i = 0; i < rounds.size(); i++) {
      Pair pair = rounds.get(i);
      text.append(
          line(
              "%5d   %,9d/%,-9d   %,9d/%,-11d   %.2f",
              i + 1,
              pair.steadyP50(),
              pair.steadyP99(),
              pair.swappingP50(),
              pair.swappingP99(),
              pair.ratio()));
    }
    text.append(
        line(
            "%,d versions never scored, %,d events lost, %,d scores doubled",
            neverScored, lost, doubled));
    return text.toString();
  }

  String json() {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record can always be written", e);
    }
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format + "%n", values);
  }
}
