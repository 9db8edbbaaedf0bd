package io.headwater.ops.bench;

import io.headwater.ops.UserError;
import java.time.Duration;

/**
 * How contenders take turns.
 *
 * @param length of a turn
 * @param warmUp turns of each contender before what is measured
 * @param measured turns of each contender after those
 */
record TurnPlan(Duration length, int warmUp, int measured) {
  /**
   * Of a turn, what comes before the measured part: the contender's timers, which stood still, make
   * up for it.
   */
  static final Duration LEAD = Duration.ofMillis(500);

  TurnPlan {
    if (length.compareTo(LEAD.multipliedBy(2)) < 0) {
      throw new UserError(
          "a turn of " + length.toMillis() + " ms is too short to measure in",
          "give --turn-length a second at least");
    }
    if (warmUp < 1 || measured < 1) {
      throw new UserError(
          "there are " + warmUp + " turns to warm up and " + measured + " to measure",
          "give --warm-up-turns and --turns 1 at least");
    }
  }

  int all() {
    return warmUp + measured;
  }
}
