package io.headwater.trainer.trigger;

import io.headwater.model.pipeline.Triggers;
import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.quantilescommon.KolmogorovSmirnov;

/**
 * Compares how the events' numbers are distributed with how they were before the last training,
 * window by window and field by field, on KLL sketches (Karnin, Lang and Liberty, Optimal Quantile
 * Approximation in Streams, 2016): a few kilobytes each, however large the window.
 *
 * <p>The distance is Kolmogorov's and Smirnov's. It fires where it reaches the threshold and chance
 * would do so in at most one look of a thousand, all fields together; the sketches' own error is
 * taken off. A missing number counts as lower than any other, so that a field that begins to be
 * missing shows. Sketches of more than some hundred events are drawn by chance: the same events
 * give the same distance within a percent, not exactly.
 *
 * <p>Not safe for use by several threads.
 */
final class InputDrift {
  private static final double FALSE_ALARMS = 0.001;

  private final double threshold;
  private final int window;
  private final List<String> fields;
  private final Sketches reference;
  private final Sketches before;
  private final Sketches current;
  private Instant began = Instant.EPOCH;
  private double last = Double.NaN;

  /** A sketch for each field. */
  private static final class Sketches {
    final List<KllDoublesSketch> byField;

    Sketches(int fields) {
      byField = Stream.generate(KllDoublesSketch::newHeapInstance).limit(fields).toList();
    }

    void add(double[] numbers) {
      for (int i = 0; i < numbers.length; i++) {
        byField.get(i).update(Double.isNaN(numbers[i]) ? -Double.MAX_VALUE : numbers[i]);
      }
    }

    void add(Sketches others) {
      for (int i = 0; i < byField.size(); i++) {
        if (others.count() > 0) {
          byField.get(i).merge(others.byField.get(i));
        }
      }
    }

    long count() {
      return byField.get(0).getN();
    }

    void clear() {
      byField.forEach(KllDoublesSketch::reset);
    }
  }

  InputDrift(Triggers.Inputs settings) {
    this.threshold = settings.distance();
    this.window = settings.window();
    this.fields = settings.fields();
    this.reference = new Sketches(fields.size());
    this.before = new Sketches(fields.size());
    this.current = new Sketches(fields.size());
  }

  /**
   * Takes an event in.
   *
   * @param numbers one per field; NaN where it is missing
   */
  Optional<Firing> add(double[] numbers, Instant at) {
    if (current.count() == 0) {
      began = at;
    }
    current.add(numbers);
    if (current.count() < window) {
      return Optional.empty();
    }
    Optional<Firing> firing = Optional.empty();
    if (reference.count() == 0) {
      reference.add(current);
    } else {
      firing = compare();
    }
    before.clear();
    before.add(current);
    current.clear();
    return firing;
  }

  /** What came last, up to two windows of it, is what later events are compared with. */
  void trained() {
    if (before.count() + current.count() == 0) {
      return;
    }
    reference.clear();
    reference.add(before);
    reference.add(current);
    before.clear();
    current.clear();
  }

  /** The largest distance of the last full window; NaN before the first. */
  double last() {
    return last;
  }

  private Optional<Firing> compare() {
    Firing furthest = null;
    last = 0;
    for (int i = 0; i < fields.size(); i++) {
      KllDoublesSketch then = reference.byField.get(i);
      KllDoublesSketch now = current.byField.get(i);
      double distance = KolmogorovSmirnov.computeKSDelta(then, now);
      double chance = KolmogorovSmirnov.computeKSThreshold(then, now, FALSE_ALARMS / fields.size());
      if (distance >= threshold && distance > chance && distance > last) {
        furthest = firing(fields.get(i), distance, chance);
      }
      last = Math.max(last, distance);
    }
    return Optional.ofNullable(furthest);
  }

  private Firing firing(String field, double distance, double chance) {
    return new Firing(
        TriggerKind.INPUTS,
        String.format(
            Locale.ROOT,
            "'%s' is distributed otherwise than at the last training: distance %.3f (threshold %.3f)",
            field,
            distance,
            threshold),
        began,
        List.of(
            new Measure("distance", distance),
            new Measure("threshold", threshold),
            new Measure("bound", chance),
            new Measure("count", current.count()),
            new Measure("reference", reference.count())));
  }
}
