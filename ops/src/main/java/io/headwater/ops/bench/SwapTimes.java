package io.headwater.ops.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How soon versions scored after the append of their stage records, and where the time went, in
 * milliseconds.
 */
record SwapTimes(Quantiles toAppended, Quantiles toRead, Map<String, Quantiles> steps) {
  private static final List<String> STEPS =
      List.of("reach", "verify", "fetch", "judge", "open", "prove", "install");
  private static final double NANOS_PER_MILLI = 1e6;

  /**
   * Puts together what broker, scorer and reader saw.
   *
   * @param published versions in order; the first was there before the swaps and is left out
   * @param stageAppended when their stage records were appended, one for each, in epoch
   *     milliseconds
   * @param logged what the scorer's {@link StepLog} wrote
   */
  static SwapTimes of(
      List<String> published,
      List<Long> stageAppended,
      Arrivals arrivals,
      Map<String, List<Long>> logged) {
    int swaps = published.size() - 1;
    List<Double> appended = new ArrayList<>();
    List<Double> read = new ArrayList<>();
    List<Double> scored = new ArrayList<>();
    List<Long> inForce = last(logged, StepLog.TOTAL, swaps);
    for (int i = 1; i <= swaps; i++) {
      Optional<Arrivals.Times> first = arrivals.of(published.get(i));
      if (first.isPresent()) {
        long since = stageAppended.get(i);
        appended.add((double) first.get().appended() - since);
        read.add((double) first.get().read() - since);
        if (inForce.size() == swaps) {
          scored.add(first.get().appended() - since - inForce.get(i - 1) / NANOS_PER_MILLI);
        }
      }
    }
    Map<String, Quantiles> steps = new LinkedHashMap<>();
    for (String step : STEPS) {
      steps.put(
          step,
          Quantiles.of(
              last(logged, step, swaps).stream()
                  .mapToDouble(nanos -> nanos / NANOS_PER_MILLI)
                  .toArray()));
    }
    steps.put("score", spread(scored));
    return new SwapTimes(spread(appended), spread(read), steps);
  }

  private static List<Long> last(Map<String, List<Long>> logged, String step, int count) {
    List<Long> all = logged.getOrDefault(step, List.of());
    return all.subList(Math.max(0, all.size() - count), all.size());
  }

  private static Quantiles spread(List<Double> values) {
    return Quantiles.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
