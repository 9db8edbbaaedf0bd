package io.headwater.model.pipeline;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What fires a training besides the number of new examples.
 *
 * @param minInterval no training fires sooner after the one before
 * @param age since the last training or, before any, since the champion took over; null for never
 * @param schedule moments at which one fires; null for none
 * @param loss what a rise of the champion's loss must look like; null where it is not watched
 * @param activations how far the backbone's answers must move; null where they are not watched
 * @param inputs how far the events' numbers must move; null where they are not watched
 */
public record Triggers(
    Duration minInterval,
    @Nullable Duration age,
    @Nullable Timetable schedule,
    @Nullable Loss loss,
    @Nullable Activations activations,
    @Nullable Inputs inputs) {
  /** None. */
  public static final Triggers NONE = new Triggers(Duration.ZERO, null, null, null, null, null);

  /** Moments, in the zone that they are meant in. */
  public record Timetable(Schedule schedule, ZoneId zone) {}

  /**
   * A rise of the loss on served scores.
   *
   * @param falseAlarms chance of firing without a change that each look may have, in (0, 1)
   */
  public record Loss(double falseAlarms) {}

  /**
   * A move of the activations' means.
   *
   * @param shift that fires, in standard deviations, root mean square over the numbers
   * @param window examples of one look
   */
  public record Activations(double shift, int window) {}

  /**
   * A change of the events' numbers.
   *
   * @param distance that fires: the largest difference between two shares below a value, in (0, 1]
   * @param window events of one look
   * @param fields dotted paths of what is watched, at least one
   */
  public record Inputs(double distance, int window, List<String> fields) {
    public Inputs {
      fields = List.copyOf(fields);
    }
  }
}
