package io.headwater.ops.demo;

import java.time.Duration;
import java.util.Arrays;

/** Percentiles of measured times, by nearest rank. */
record Latencies(Duration p50, Duration p99) {
  /** The percentiles of nanoseconds; zero where there are none. */
  static Latencies of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Latencies(rank(sorted, 0.50), rank(sorted, 0.99));
  }

  private static Duration rank(long[] sorted, double share) {
    if (sorted.length == 0) {
      return Duration.ZERO;
    }
    return Duration.ofNanos(sorted[(int) Math.ceil(share * sorted.length) - 1]);
  }
}
