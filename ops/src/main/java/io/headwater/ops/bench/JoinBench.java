package io.headwater.ops.bench;

import io.headwater.stream.join.FeedbackRules;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the same scores and labels through the join's rules in several orders of arrival, and holds
 * the outcome of each against what the two times and the revisions alone say.
 *
 * <p>A partition at a time, as Kafka Streams' tasks would; memory is that of one partition.
 *
 * @param width floats of an activation
 */
record JoinBench(int events, int labels, int orders, long seed, int width) {
  private static final int EVENTS_PER_PARTITION = 50_000;

  JoinReport run() {
    FeedbackRules rules =
        new FeedbackRules(JoinStream.WINDOW, Duration.ofHours(1), Optional.empty());
    ByteBuffer activation = ByteBuffer.allocate(width * Float.BYTES);
    int partitions = Math.max(1, events / EVENTS_PER_PARTITION);
    long[] examples = new long[orders];
    long[] orphans = new long[orders];
    long[] differing = new long[orders];
    long[] nanos = new long[orders];
    long expectedLabels = 0;
    long stateBytes = 0;
    long pointerBytes = 0;
    for (int p = 0; p < partitions; p++) {
      JoinStream stream =
          JoinStream.of(
              p, share(events, p, partitions), share(labels, p, partitions), seed, activation);
      pointerBytes += pointerBytes(p, partitions);
      Map<String, String> expected = stream.expected();
      expectedLabels += expected.size();
      for (int order = 0; order < orders; order++) {
        List<JoinStream.Arrival> arrivals = stream.shuffled(seed + order);
        JoinTrial trial = new JoinTrial(rules);
        long start = System.nanoTime();
        trial.run(arrivals);
        nanos[order] += System.nanoTime() - start;
        stateBytes += order == 0 ? trial.stateBytes() : 0;
        trial.end();
        examples[order] += trial.examples();
        orphans[order] += trial.orphans();
        differing[order] += differing(expected, trial.standing());
      }
    }
    List<JoinReport.Order> found = new ArrayList<>();
    for (int order = 0; order < orders; order++) {
      found.add(
          new JoinReport.Order(
              seed + order, examples[order], orphans[order], differing[order], nanos[order] / 1e9));
    }
    return new JoinReport(
        events,
        labels,
        width,
        expectedLabels,
        found,
        perMillion(stateBytes),
        perMillion(pointerBytes));
  }

  private long perMillion(long bytes) {
    return Math.round(bytes * 1e6 / Math.max(1, events));
  }

  /** What is held of a partition where scores carry no activation, but where their events stand. */
  private long pointerBytes(int part, int parts) {
    JoinTrial trial =
        new JoinTrial(new FeedbackRules(JoinStream.WINDOW, Duration.ofHours(1), Optional.empty()));
    trial.run(
        JoinStream.of(
                part,
                share(events, part, parts),
                share(labels, part, parts),
                seed,
                ByteBuffer.allocate(0))
            .shuffled(seed));
    return trial.stateBytes();
  }

  /** Events whose label is not the expected one. */
  static long differing(Map<String, String> expected, Map<String, String> found) {
    long wrong =
        expected.entrySet().stream()
            .filter(entry -> !entry.getValue().equals(found.get(entry.getKey())))
            .count();
    return wrong + found.keySet().stream().filter(id -> !expected.containsKey(id)).count();
  }

  private static int share(int total, int part, int parts) {
    return (int) ((long) total * (part + 1) / parts - (long) total * part / parts);
  }
}
