package io.headwater.trainer.evaluate;

import java.util.Comparator;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * The area under precision over recall as a sum of steps: each step's gain in recall times the
 * precision reached there. Examples of one score are one step, so that their order does not show.
 */
final class AveragePrecision {
  private AveragePrecision() {}

  /** How high the positives rank; empty where there is none. */
  static OptionalDouble of(double[] scores, boolean[] positive) {
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double area = 0;
    long found = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      int here = 0;
      while (to < order.length && scores[order[to]] == scores[order[from]]) {
        here += positive[order[to]] ? 1 : 0;
        to++;
      }
      found += here;
      area += here * ((double) found / to);
      from = to;
    }
    return found == 0 ? OptionalDouble.empty() : OptionalDouble.of(area / found);
  }
}
