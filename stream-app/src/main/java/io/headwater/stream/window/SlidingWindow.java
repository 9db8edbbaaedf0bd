package io.headwater.stream.window;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FieldPath;
import io.headwater.model.pipeline.Windows;
import io.headwater.model.pipeline.Windows.Aggregate;
import io.headwater.model.pipeline.Windows.Compute;
import io.headwater.stream.held.HeldSpan;
import io.headwater.stream.held.HeldTally;
import io.headwater.stream.held.HeldWindow;
import io.headwater.stream.ingest.TimeBounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One declared window: the features of an event over its key's events with a time in (t - size, t],
 * where t is the event's own time, it among them.
 *
 * <p>Events may come in any order: each sees those that came before it and lie in its own window.
 * What is held reaches back twice the size, so that an event that is late by the size still sees
 * its window whole. Up to {@link #MAX_SPANS} events are held one by one, and features are exact;
 * above, events that lie within the same {@code size / TILES} are summed up as one, so that an edge
 * of the window is off by at most that. Pure: what is held goes in, what is to be held comes out.
 */
final class SlidingWindow {
  static final int MAX_SPANS = 128;
  static final int TILES = 32;

  private final String name;
  private final long size;
  private final List<Aggregate> features;
  private final List<String> fields;
  private final List<Boolean> distinct;

  SlidingWindow(Windows.Window window) {
    this.name = window.name();
    this.size = Math.max(1, TimeBounds.saturatedMillis(window.size()));
    this.features = window.features();
    this.fields =
        features.stream().map(Aggregate::field).filter(Objects::nonNull).distinct().toList();
    this.distinct = fields.stream().map(this::countsDistinct).toList();
  }

  private boolean countsDistinct(String field) {
    return features.stream()
        .anyMatch(f -> f.compute() == Compute.DISTINCT && field.equals(f.field()));
  }

  /**
   * What an event makes of what is held.
   *
   * @param features by name; empty where there is nothing to compute one of
   * @param late whether the event was too late to see its window whole
   */
  record Step(HeldWindow next, Map<String, OptionalDouble> features, boolean late) {}

  String name() {
    return name;
  }

  /** Tells this window's state from that of one declared otherwise under the same name. */
  String stateName() {
    return name + "/" + size + "/" + String.join(",", fields) + "/" + distinct;
  }

  /** When, in epoch milliseconds of the events' clock, what is held is of no use any more. */
  long deadline(HeldWindow held) {
    return TimeBounds.saturatedSum(held.getNewest(), 2 * size);
  }

  Step add(@Nullable HeldWindow held, long time, JsonNode event) {
    long newest = held == null ? time : Math.max(held.getNewest(), time);
    List<HeldSpan> spans = new ArrayList<>();
    if (held != null) {
      held.getSpans().stream()
          .filter(span -> span.getLast() > newest - 2 * size)
          .forEach(spans::add);
    }
    HeldSpan own = span(time, event);
    List<HeldSpan> seen =
        spans.stream()
            .filter(span -> span.getLast() > time - size && span.getFirst() <= time)
            .toList();
    Map<String, OptionalDouble> computed = compute(seen, own, time);
    if (time > newest - 2 * size) {
      int at = spans.size();
      while (at > 0 && spans.get(at - 1).getFirst() > time) {
        at--;
      }
      spans.add(at, own);
    }
    List<HeldSpan> kept = spans.size() > MAX_SPANS ? folded(spans) : spans;
    return new Step(new HeldWindow(newest, kept), computed, time < newest - size);
  }

  private HeldSpan span(long time, JsonNode event) {
    List<HeldTally> tallies = new ArrayList<>(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      tallies.add(Tallies.of(FieldPath.of(fields.get(i)).in(event), distinct.get(i)));
    }
    return new HeldSpan(time, time, 1, tallies);
  }

  private Map<String, OptionalDouble> compute(List<HeldSpan> seen, HeldSpan own, long time) {
    HeldSpan total = own;
    for (HeldSpan span : seen) {
      total = merged(span, total);
    }
    Map<String, OptionalDouble> computed = new LinkedHashMap<>();
    for (Aggregate feature : features) {
      computed.put(feature.name(), value(feature, total, seen, time));
    }
    return computed;
  }

  private OptionalDouble value(Aggregate feature, HeldSpan total, List<HeldSpan> seen, long time) {
    if (feature.compute() == Compute.SINCE_LAST) {
      return seen.stream().mapToDouble(span -> time - Math.min(time, span.getLast())).min();
    }
    if (feature.field() == null) {
      return OptionalDouble.of(total.getEvents());
    }
    HeldTally tally = total.getTallies().get(fields.indexOf(feature.field()));
    boolean some = tally.getNumbers() > 0;
    return switch (feature.compute()) {
      case COUNT -> OptionalDouble.of(tally.getPresent());
      case SUM -> finite(tally.getSum());
      case MEAN -> some ? finite(tally.getSum() / tally.getNumbers()) : OptionalDouble.empty();
      case MAX -> some ? OptionalDouble.of(tally.getMax()) : OptionalDouble.empty();
      case DISTINCT -> OptionalDouble.of(Tallies.distinct(tally.getHashes()));
      case SINCE_LAST -> throw new IllegalStateException("computed above");
    };
  }

  /** A sum of numbers near the largest double may overflow. */
  private static OptionalDouble finite(double value) {
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  private List<HeldSpan> folded(List<HeldSpan> spans) {
    long tile = Math.max(1, size / TILES);
    List<HeldSpan> folded = new ArrayList<>();
    for (HeldSpan span : spans) {
      HeldSpan before = folded.isEmpty() ? null : folded.get(folded.size() - 1);
      if (before != null && before.getFirst() / tile == span.getLast() / tile) {
        folded.set(folded.size() - 1, merged(before, span));
      } else {
        folded.add(span);
      }
    }
    return folded;
  }

  private static HeldSpan merged(HeldSpan a, HeldSpan b) {
    List<HeldTally> tallies = new ArrayList<>();
    for (int i = 0; i < a.getTallies().size(); i++) {
      tallies.add(Tallies.merged(a.getTallies().get(i), b.getTallies().get(i)));
    }
    return new HeldSpan(
        Math.min(a.getFirst(), b.getFirst()),
        Math.max(a.getLast(), b.getLast()),
        a.getEvents() + b.getEvents(),
        tallies);
  }
}
