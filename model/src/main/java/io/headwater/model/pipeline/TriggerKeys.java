package io.headwater.model.pipeline;

import static io.headwater.model.pipeline.Key.defaulted;
import static io.headwater.model.pipeline.Key.optional;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;

/** The pipeline file's keys of what fires a training. */
final class TriggerKeys {
  private TriggerKeys() {}

  private static final int MILLION = 1_000_000;

  static final Key<Duration> MIN_INTERVAL =
      defaulted(
          "training.triggers.minInterval",
          Kind.TIME_SPAN,
          "0s",
          "No training fires sooner than this after the one before, whatever its trigger.");
  static final Key<Duration> AGE =
      optional(
          "training.triggers.age",
          Kind.TIME_SPAN,
          "7d",
          "Fires when this long has passed since the last training or, before any, since the"
              + " champion took over. Like every trigger it waits for as many new examples as are"
              + " held out.");
  static final Key<Schedule> SCHEDULE =
      optional(
          "training.triggers.schedule",
          Kind.SCHEDULE,
          "0 3 * * 1-5",
          "Fires at these moments: minute, hour, day of the month, month, day of the week. Of those"
              + " missed, one is made up for.");
  static final Key<ZoneId> ZONE =
      defaulted(
          "training.triggers.zone",
          Kind.ZONE,
          "UTC",
          "The time zone that the schedule is meant in.");
  static final Key<Double> LOSS =
      optional(
          "training.triggers.loss",
          Kind.number(1e-9, 0.5),
          "0.002",
          "Fires when the champion's loss on served scores has risen (ADWIN): the chance of a false"
              + " alarm that each look may have.");
  static final Key<Double> SHIFT =
      optional(
          "training.triggers.activations.shift",
          Kind.number(0.01, 100),
          "0.3",
          "Fires when the means of the backbone's answers have moved this far from those of the last"
              + " training, in standard deviations, root mean square; and only if chance would do so"
              + " in at most one look of a thousand.");
  static final Key<Integer> ACTIVATIONS_WINDOW =
      defaulted(
          "training.triggers.activations.window",
          Kind.whole(20, MILLION),
          "200",
          "New examples that one look compares.");
  static final Key<Double> DISTANCE =
      optional(
          "training.triggers.inputs.distance",
          Kind.number(0.01, 1),
          "0.2",
          "Fires when a number of the scored events is distributed otherwise than before the last"
              + " training: the largest difference between the shares below a value (Kolmogorov and"
              + " Smirnov); and only if chance would do so in at most one look of a thousand. The"
              + " trainer then reads the scored events.");
  static final Key<Integer> INPUTS_WINDOW =
      defaulted(
          "training.triggers.inputs.window",
          Kind.whole(50, MILLION),
          "1000",
          "New events that one look compares.");
  static final Key<List<String>> INPUTS_FIELDS =
      optional(
          "training.triggers.inputs.fields",
          Kind.listOf(Kind.path(), 1),
          "[amount, age]",
          "What is watched. Without it, the fields of all numeric features.");

  static List<Key<?>> all() {
    return List.of(
        MIN_INTERVAL,
        AGE,
        SCHEDULE,
        ZONE,
        LOSS,
        SHIFT,
        ACTIVATIONS_WINDOW,
        DISTANCE,
        INPUTS_WINDOW,
        INPUTS_FIELDS);
  }
}
