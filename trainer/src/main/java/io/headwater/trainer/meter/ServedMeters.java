package io.headwater.trainer.meter;

import io.headwater.trainer.evaluate.ClassFigures;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.evaluate.Figures;
import io.headwater.trainer.evaluate.Prequential;
import io.headwater.trainer.evaluate.ValueFigures;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How good the served scores were, as far as their labels have come.
 *
 * <p>Safe for use by several threads.
 */
public final class ServedMeters {
  /** Of a pipeline with more classes, these come first in its file. */
  private static final int MOST_CLASSES = 50;

  private static final String PREFIX = "headwater.trainer.served.";

  private volatile Prequential.@Nullable Report last;

  public ServedMeters(MeterRegistry registry, List<String> labels) {
    Gauge.builder(PREFIX + "count", () -> of(report -> report.all().count()))
        .description("Labelled scores that the figures are of")
        .register(registry);
    if (labels.isEmpty()) {
      all(registry, "rmse", ValueFigures.class, ValueFigures::rmse);
      all(registry, "mae", ValueFigures.class, ValueFigures::mae);
      all(registry, "r2", ValueFigures.class, values -> values.r2().orElse(Double.NaN));
    } else {
      classes(registry, labels);
    }
    TimeGauge.builder(PREFIX + "label.delay", this::delayMillis, TimeUnit.MILLISECONDS)
        .description("Median time from a score to its label")
        .register(registry);
  }

  private void classes(MeterRegistry registry, List<String> labels) {
    all(registry, "accuracy", Evaluation::accuracy);
    all(registry, "log.loss", Evaluation::logLoss);
    all(registry, "calibration.error", Evaluation::calibrationError);
    all(registry, "auc", evaluation -> evaluation.auc().orElse(Double.NaN));
    all(
        registry,
        "average.precision",
        evaluation -> evaluation.averagePrecision().orElse(Double.NaN));
    for (int i = 0; i < Math.min(MOST_CLASSES, labels.size()); i++) {
      one(registry, "precision", labels.get(i), i, ClassFigures::precision);
      one(registry, "recall", labels.get(i), i, ClassFigures::recall);
    }
  }

  /** Shows the figures from now on. */
  public void judged(Prequential.Report report) {
    last = report;
  }

  private void all(MeterRegistry registry, String name, ToDoubleFunction<Evaluation> figure) {
    all(registry, name, Evaluation.class, figure);
  }

  private <F extends Figures> void all(
      MeterRegistry registry, String name, Class<F> kind, ToDoubleFunction<F> figure) {
    Gauge.builder(
            PREFIX + name,
            () ->
                of(
                    report ->
                        kind.isInstance(report.all())
                            ? figure.applyAsDouble(kind.cast(report.all()))
                            : Double.NaN))
        .description("Over the newest labelled scores, as they were served")
        .register(registry);
  }

  private void one(
      MeterRegistry registry,
      String name,
      String label,
      int index,
      Function<ClassFigures, OptionalDouble> figure) {
    Gauge.builder(
            PREFIX + name,
            () -> of(report -> figure.apply(report.classes().get(index)).orElse(Double.NaN)))
        .description("Of one class, over the newest labelled scores, as they were served")
        .tag("class", label)
        .register(registry);
  }

  private double delayMillis() {
    return of(report -> report.medianDelay().toMillis());
  }

  private double of(ToDoubleFunction<Prequential.Report> figure) {
    Prequential.Report report = last;
    return report == null ? Double.NaN : figure.applyAsDouble(report);
  }
}
