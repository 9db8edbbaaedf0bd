package io.headwater.ops.bench;

import static java.util.Objects.requireNonNull;

import io.headwater.stream.held.HeldLabel;
import io.headwater.stream.held.HeldScore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One partition's scores and labels, made from a seed: labels before and after their events, late,
 * repeated, corrected, contradicted, and of events that never come.
 *
 * @param arrivals in the order of their making
 */
record JoinStream(List<Arrival> arrivals) {
  static final Duration WINDOW = Duration.ofDays(90);
  static final String NO_LABEL = "none";

  /** Shorter than the window, so that nothing expires before the last arrival. */
  private static final long SPAN_MILLIS = Duration.ofDays(60).toMillis();

  private static final long LONGEST_DELAY_MILLIS = Duration.ofDays(100).toMillis();
  private static final long START_MILLIS = 1_767_225_600_000L;
  private static final List<String> CLASSES = List.of("ham", "spam");

  /** What comes in for an event: its score, or a label. */
  sealed interface Arrival {
    String eventId();
  }

  record ScoreArrival(String eventId, HeldScore score) implements Arrival {}

  record LabelArrival(String eventId, HeldLabel label) implements Arrival {}

  /**
   * Makes a partition.
   *
   * @param activation shared by all scores
   */
  static JoinStream of(int partition, int events, int labels, long seed, ByteBuffer activation) {
    Random random = new Random(seed * 31 + partition);
    List<Arrival> arrivals = new ArrayList<>(events + labels);
    long[] times = new long[events];
    for (int i = 0; i < events; i++) {
      times[i] = START_MILLIS + random.nextLong(SPAN_MILLIS);
      arrivals.add(new ScoreArrival(id(partition, i), score(times[i], partition, i, activation)));
    }
    for (int i = 0; i < labels; i++) {
      boolean orphan = events == 0 || random.nextInt(20) == 0;
      int event = orphan ? events + i : random.nextInt(events);
      long time = orphan ? START_MILLIS : times[event];
      HeldLabel label = label(time, random, i);
      arrivals.add(new LabelArrival(id(partition, event), label));
      if (i + 1 < labels && random.nextInt(4) == 0) {
        i++;
        arrivals.add(new LabelArrival(id(partition, event), another(label, time, random)));
      }
    }
    return new JoinStream(arrivals);
  }

  /** The same arrivals in another order. */
  List<Arrival> shuffled(long seed) {
    List<Arrival> order = new ArrayList<>(arrivals);
    Collections.shuffle(order, new Random(seed));
    return order;
  }

  /** The label that each event should end with, found without the join's rules. */
  Map<String, String> expected() {
    Map<String, Long> times = new HashMap<>();
    Map<String, List<HeldLabel>> given = new HashMap<>();
    for (Arrival arrival : arrivals) {
      if (arrival instanceof ScoreArrival score) {
        times.put(score.eventId(), score.score().getEventTime());
      } else if (arrival instanceof LabelArrival label) {
        given.computeIfAbsent(label.eventId(), id -> new ArrayList<>()).add(label.label());
      }
    }
    Map<String, String> expected = new HashMap<>();
    given.forEach(
        (id, labels) ->
            labels.stream()
                .filter(label -> times.containsKey(id))
                .filter(
                    label ->
                        label.getLabeledAt() - requireNonNull(times.get(id)) <= WINDOW.toMillis())
                .min(
                    Comparator.<HeldLabel>comparingInt(label -> -label.getRevision())
                        .thenComparing(HeldLabel::getLabeledAt)
                        .thenComparing(HeldLabel::getLabel))
                .ifPresent(label -> expected.put(id, said(label))));
    return expected;
  }

  /** What of a label must not depend on the order of arrival. */
  static String said(HeldLabel label) {
    return label.getLabel() + "/" + label.getRevision() + "/" + label.getLabeledAt();
  }

  private static String id(int partition, int event) {
    return "event-" + partition + "-" + event;
  }

  private static HeldScore score(long time, int partition, int offset, ByteBuffer activation) {
    return HeldScore.newBuilder()
        .setEventTime(time)
        .setVersion("0".repeat(64))
        .setStage("PRODUCTION")
        .setDecision("ham")
        .setProbabilities(List.of(0.75f, 0.25f))
        .setScoredAt(time)
        .setPrefix("0".repeat(64))
        .setActivation(activation)
        .setPartition(partition)
        .setOffset(offset)
        .build();
  }

  private static HeldLabel label(long eventTime, Random random, int offset) {
    return HeldLabel.newBuilder()
        .setLabel(CLASSES.get(random.nextInt(CLASSES.size())))
        .setLabeledAt(eventTime + random.nextLong(LONGEST_DELAY_MILLIS))
        .setSource("bench")
        .setRevision(random.nextInt(3))
        .setWeight(1)
        .setPropensity(null)
        .setPartition(0)
        .setOffset(offset)
        .setOriginalKey(null)
        .setOriginalValue(ByteBuffer.allocate(80))
        .setOriginalHeaders(List.of())
        .build();
  }

  /** The same again, a contradiction at the same time or another, or a correction. */
  private static HeldLabel another(HeldLabel first, long eventTime, Random random) {
    HeldLabel.Builder next = HeldLabel.newBuilder(first);
    switch (random.nextInt(4)) {
      case 0 -> next.setLabel(CLASSES.get(1 - CLASSES.indexOf(first.getLabel())));
      case 1 ->
          next.setLabel(CLASSES.get(1 - CLASSES.indexOf(first.getLabel())))
              .setLabeledAt(eventTime + random.nextLong(LONGEST_DELAY_MILLIS));
      case 2 -> next.setRevision(first.getRevision() + 1);
      default -> {}
    }
    return next.build();
  }
}
