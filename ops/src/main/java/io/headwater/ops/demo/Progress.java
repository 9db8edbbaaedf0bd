package io.headwater.ops.demo;

import org.jspecify.annotations.Nullable;

/**
 * A run's figures at one moment.
 *
 * @param answered events with a score or a dead letter
 * @param released labels sent
 * @param joined examples read
 * @param examplesSeen by the trainer at its last decision
 * @param settled whether the trainer's last decision calls for no further one
 * @param production the version that the production stage names; null before the first
 * @param scoring the version that gave the newest score; null before the first
 * @param ordinal that version's place among those that scored, from 1
 * @param accuracyLive on the events joined so far; not a number before the first
 * @param accuracyFrozen the first version's on the same
 */
record Progress(
    int events,
    int produced,
    long answered,
    long deadLettered,
    int released,
    int joined,
    long examplesSeen,
    boolean settled,
    @Nullable String production,
    @Nullable String scoring,
    int ordinal,
    double accuracyLive,
    double accuracyFrozen) {

  /** Labels that the trainer has not decided on yet; those of dead letters never reach it. */
  long behind() {
    return Math.max(0, released - deadLettered - examplesSeen);
  }

  long inFlight() {
    return produced - answered;
  }
}
