package io.headwater.trainer.evaluate;

import java.util.Comparator;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** The statistic of Mann and Whitney (1947), by ranks, with ties counted as half. */
final class RankSum {
  private RankSum() {}

  /** Chance that a positive scores above a negative; empty where either kind is missing. */
  static OptionalDouble auc(double[] scores, boolean[] positive) {
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double ranks = 0;
    long positives = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      int tiedPositives = 0;
      while (to < order.length && scores[order[to]] == scores[order[from]]) {
        tiedPositives += positive[order[to]] ? 1 : 0;
        to++;
      }
      ranks += tiedPositives * (from + 1 + to) / 2.0;
      positives += tiedPositives;
      from = to;
    }
    long negatives = scores.length - positives;
    if (positives == 0 || negatives == 0) {
      return OptionalDouble.empty();
    }
    double above = ranks - positives * (positives + 1) / 2.0;
    return OptionalDouble.of(above / ((double) positives * negatives));
  }
}
