package io.headwater.model.pipeline;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code training.triggers} of a pipeline file. */
record TriggersSection(Reading reading) {
  Triggers read(List<FeatureSpec> features) {
    return new Triggers(
        reading.get(TriggerKeys.MIN_INTERVAL),
        reading.find(TriggerKeys.AGE).orElse(null),
        timetable(),
        reading.find(TriggerKeys.LOSS).map(Triggers.Loss::new).orElse(null),
        activations(),
        inputs(features));
  }

  private Triggers.@Nullable Timetable timetable() {
    Optional<Schedule> schedule = reading.find(TriggerKeys.SCHEDULE);
    var zone = reading.get(TriggerKeys.ZONE);
    reportAlone(TriggerKeys.SCHEDULE, TriggerKeys.ZONE);
    return schedule.map(moments -> new Triggers.Timetable(moments, zone)).orElse(null);
  }

  private Triggers.@Nullable Activations activations() {
    Optional<Double> shift = reading.find(TriggerKeys.SHIFT);
    int window = reading.get(TriggerKeys.ACTIVATIONS_WINDOW);
    reportAlone(TriggerKeys.SHIFT, TriggerKeys.ACTIVATIONS_WINDOW);
    boolean logged =
        reading.get(FeedbackSection.ACTIVATIONS) == Pipeline.Activations.LOG
            || !reading.sound(FeedbackSection.ACTIVATIONS);
    if (shift.isPresent() && !logged) {
      reading.report(
          TriggerKeys.SHIFT.path(),
          "'" + TriggerKeys.SHIFT.dotted() + "' watches activations, which examples do not carry",
          "write 'feedback: { activations: log }', or watch 'inputs'");
    }
    return shift.map(far -> new Triggers.Activations(far, window)).orElse(null);
  }

  private Triggers.@Nullable Inputs inputs(List<FeatureSpec> features) {
    Optional<Double> distance = reading.find(TriggerKeys.DISTANCE);
    int window = reading.get(TriggerKeys.INPUTS_WINDOW);
    Optional<List<String>> named = reading.find(TriggerKeys.INPUTS_FIELDS);
    reportAlone(TriggerKeys.DISTANCE, TriggerKeys.INPUTS_WINDOW);
    reportAlone(TriggerKeys.DISTANCE, TriggerKeys.INPUTS_FIELDS);
    if (distance.isEmpty() || !reading.sound(TriggerKeys.INPUTS_FIELDS)) {
      return null;
    }
    List<String> fields = named.orElseGet(() -> numbers(features));
    if (fields.isEmpty()) {
      reading.report(
          TriggerKeys.DISTANCE.path(),
          "'training.triggers.inputs' watches numbers, and no feature is numeric",
          "write 'fields: "
              + TriggerKeys.INPUTS_FIELDS.sample()
              + "' beside it, or watch"
              + " 'activations'");
      return null;
    }
    return new Triggers.Inputs(distance.get(), window, fields);
  }

  private static List<String> numbers(List<FeatureSpec> features) {
    return features.stream()
        .filter(FeatureSpec.Numeric.class::isInstance)
        .flatMap(feature -> ((FeatureSpec.Numeric) feature).fields().stream())
        .distinct()
        .toList();
  }

  /** A setting of a trigger that is not set does nothing. */
  private void reportAlone(Key<?> trigger, Key<?> setting) {
    if (reading.isGiven(setting) && !reading.isGiven(trigger)) {
      reading.report(
          setting.path(),
          "'" + setting.dotted() + "' is given without '" + trigger.dotted() + "'",
          "write '" + trigger.dotted() + "', such as " + trigger.sample() + ", or remove it");
    }
  }
}
