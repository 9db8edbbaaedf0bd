package io.headwater.trainer;

import io.headwater.trainer.meter.ServedMeters;
import io.headwater.trainer.meter.TrainerMeters;
import io.headwater.trainer.meter.TriggerMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/** Where the trainer's thread says what it does. */
record Telemetry(
    TrainerMeters meters, TriggerMeters triggers, ServedMeters served, StatusBoard board) {
  /**
   * Registers every metric.
   *
   * @param labels class names, in the order of the head's outputs
   */
  static Telemetry of(MeterRegistry registry, List<String> labels) {
    return new Telemetry(
        new TrainerMeters(registry),
        new TriggerMeters(registry),
        new ServedMeters(registry, labels),
        new StatusBoard());
  }
}
