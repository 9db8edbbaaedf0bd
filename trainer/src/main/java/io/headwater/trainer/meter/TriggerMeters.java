package io.headwater.trainer.meter;

import static java.util.Objects.requireNonNull;

import io.headwater.trainer.trigger.TriggerKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * What fired trainings, and how near the others are.
 *
 * <p>Safe for use by several threads.
 */
public final class TriggerMeters {
  private static final Set<TriggerKind> DRIFTS =
      Set.of(TriggerKind.LOSS, TriggerKind.ACTIVATIONS, TriggerKind.INPUTS);

  private final Map<TriggerKind, Counter> fired = new EnumMap<>(TriggerKind.class);
  private final Map<TriggerKind, double[]> figures = new EnumMap<>(TriggerKind.class);

  public TriggerMeters(MeterRegistry registry) {
    for (TriggerKind kind : TriggerKind.values()) {
      fired.put(
          kind,
          Counter.builder("headwater.trainer.fired")
              .description("Trainings by what fired them")
              .tag("trigger", kind.code())
              .register(registry));
      if (DRIFTS.contains(kind)) {
        figures.put(kind, new double[] {Double.NaN});
        Gauge.builder("headwater.trainer.drift", () -> figure(kind))
            .description("What the trigger judges by, as last seen")
            .tag("trigger", kind.code())
            .register(registry);
      }
    }
  }

  public void fired(TriggerKind kind) {
    requireNonNull(fired.get(kind)).increment();
  }

  /** Takes a trigger's figure: the mean loss, the shift, the distance. */
  public void looked(TriggerKind kind, double figure) {
    double[] held = requireNonNull(figures.get(kind));
    synchronized (held) {
      held[0] = figure;
    }
  }

  private double figure(TriggerKind kind) {
    double[] held = requireNonNull(figures.get(kind));
    synchronized (held) {
      return held[0];
    }
  }
}
