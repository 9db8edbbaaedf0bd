package io.headwater.trainer.meter;

import static java.util.Objects.requireNonNull;

import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.evaluate.Figures;
import io.headwater.trainer.evaluate.ValueFigures;
import io.headwater.trainer.replay.CrossingFiles;
import io.headwater.trainer.replay.SkipReason;
import io.headwater.trainer.round.RejectReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Every metric of the trainer, with its name and its tags, all bounded.
 *
 * <p>Safe for use by several threads. Examples that are read again to rebuild the replay are not
 * counted again; those of a training that a failure cut short are.
 */
public final class TrainerMeters {
  private final Counter examples;
  private final Counter published;
  private final Counter promoted;
  private final Counter restarts;
  private final Timer training;
  private final Map<SkipReason, Counter> skipped = new EnumMap<>(SkipReason.class);
  private final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);
  private volatile @Nullable Comparison last;
  private volatile boolean active;
  private volatile @Nullable Evaluation guardedCandidate;
  private volatile @Nullable Evaluation guardedChampion;
  private volatile @Nullable CrossingFiles cache;

  public TrainerMeters(MeterRegistry registry) {
    examples = counter(registry, "headwater.trainer.examples", "Examples read");
    published = counter(registry, "headwater.trainer.published", "Candidates published");
    promoted = counter(registry, "headwater.trainer.promoted", "Candidates promoted");
    restarts =
        counter(registry, "headwater.trainer.restarts", "Starts over after a failure of Kafka");
    training =
        Timer.builder("headwater.trainer.trainings")
            .description("One training, from replay to decision")
            .register(registry);
    Gauge.builder("headwater.trainer.active", () -> active ? 1 : 0)
        .description("1 for the trainer that trains, 0 for one that stands by")
        .register(registry);
    cached(registry, "hits", "Activations found in the cache on disk", CrossingFiles::hits);
    cached(registry, "misses", "Activations not found there", CrossingFiles::misses);
    cached(
        registry,
        "failures",
        "Entries of the cache that could not be read, and writes that failed",
        CrossingFiles::failures);
    Gauge.builder("headwater.trainer.cache.size", () -> of(CrossingFiles::bytes))
        .description("What the activation cache takes on disk")
        .baseUnit("bytes")
        .register(registry);
    for (SkipReason reason : SkipReason.values()) {
      skipped.put(
          reason,
          Counter.builder("headwater.trainer.examples.skipped")
              .description("Examples read and left aside")
              .tag("reason", reason.code())
              .register(registry));
    }
    for (RejectReason reason : RejectReason.values()) {
      rejected.put(
          reason,
          Counter.builder("headwater.trainer.rejected")
              .description("Trainings that led to no version in production")
              .tag("reason", reason.code())
              .register(registry));
    }
    guard(registry, "headwater.trainer.guard.accuracy", Evaluation::accuracy);
    guard(registry, "headwater.trainer.guard.log.loss", Evaluation::logLoss);
    holdout(registry, "headwater.trainer.holdout.accuracy", Evaluation::accuracy);
    holdout(registry, "headwater.trainer.holdout.log.loss", Evaluation::logLoss);
    holdout(registry, "headwater.trainer.holdout.calibration.error", Evaluation::calibrationError);
    holdout(
        registry,
        "headwater.trainer.holdout.auc",
        evaluation -> evaluation.auc().orElse(Double.NaN));
    ofValues(registry, "headwater.trainer.holdout.rmse", ValueFigures::rmse);
    ofValues(registry, "headwater.trainer.holdout.mae", ValueFigures::mae);
    ofValues(registry, "headwater.trainer.holdout.r2", values -> values.r2().orElse(Double.NaN));
  }

  private void guard(MeterRegistry registry, String name, ToDoubleFunction<Evaluation> figure) {
    gauge(registry, name, "candidate", () -> of(figure, guardedCandidate));
    gauge(registry, name, "champion", () -> of(figure, guardedChampion));
  }

  private static double of(ToDoubleFunction<Evaluation> figure, @Nullable Evaluation judged) {
    return judged == null ? Double.NaN : figure.applyAsDouble(judged);
  }

  public void example() {
    examples.increment();
  }

  public void skipped(SkipReason reason) {
    requireNonNull(skipped.get(reason)).increment();
  }

  public void trained(Duration took) {
    training.record(took);
  }

  /** What the last candidate, and the version it was trained from, made of the guard set. */
  public void guarded(Evaluation candidate, Evaluation champion) {
    guardedCandidate = candidate;
    guardedChampion = champion;
  }

  /** The figures of the last holdout. */
  public void judged(Comparison comparison) {
    last = comparison;
  }

  public void published() {
    published.increment();
  }

  public void promoted() {
    promoted.increment();
  }

  public void rejected(RejectReason reason) {
    requireNonNull(rejected.get(reason)).increment();
  }

  public void active(boolean trains) {
    active = trains;
  }

  public void restarted() {
    restarts.increment();
  }

  /** Whose figures are shown from now on. */
  public void caching(CrossingFiles files) {
    cache = files;
  }

  private void cached(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<CrossingFiles> figure) {
    FunctionCounter.builder("headwater.trainer.cache." + name, this, own -> own.of(figure))
        .description(description)
        .register(registry);
  }

  private double of(ToDoubleFunction<CrossingFiles> figure) {
    CrossingFiles files = cache;
    return files == null ? 0 : figure.applyAsDouble(files);
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private void holdout(MeterRegistry registry, String name, ToDoubleFunction<Evaluation> figure) {
    both(registry, name, Evaluation.class, figure);
  }

  private void ofValues(
      MeterRegistry registry, String name, ToDoubleFunction<ValueFigures> figure) {
    both(registry, name, ValueFigures.class, figure);
  }

  private <F extends Figures> void both(
      MeterRegistry registry, String name, Class<F> kind, ToDoubleFunction<F> figure) {
    gauge(registry, name, "candidate", () -> of(kind, figure, Comparison::candidate));
    gauge(registry, name, "champion", () -> of(kind, figure, Comparison::champion));
  }

  /** NaN before the first holdout, and for figures of the other kind. */
  private <F extends Figures> double of(
      Class<F> kind, ToDoubleFunction<F> figure, Function<Comparison, Figures> side) {
    Comparison comparison = last;
    Figures figures = comparison == null ? null : side.apply(comparison);
    return kind.isInstance(figures) ? figure.applyAsDouble(kind.cast(figures)) : Double.NaN;
  }

  private static void gauge(
      MeterRegistry registry, String name, String model, Supplier<Number> value) {
    Gauge.builder(name, value)
        .description("On the last holdout")
        .tag("model", model)
        .register(registry);
  }
}
