package io.headwater.ops.bench;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one round of one contender came to.
 *
 * @param eventsPerSecond between the end of the warm-up and the last event, by the broker's clock
 * @param cpuSecondsPerMillion of the contender's process in that time, per million events
 */
record Measured(Contender contender, double eventsPerSecond, double cpuSecondsPerMillion) {
  /** The middle value; of an even number, the lower middle. */
  static double median(List<Measured> rounds, ToDoubleFunction<Measured> figure) {
    List<Double> sorted =
        rounds.stream().map(figure::applyAsDouble).sorted(Comparator.naturalOrder()).toList();
    return sorted.get((sorted.size() - 1) / 2);
  }
}
