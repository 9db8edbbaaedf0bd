package io.headwater.trainer;

import io.headwater.schemas.RolloutDecision;
import org.jspecify.annotations.Nullable;

/**
 * How the trainer is.
 *
 * @param detail a sentence for people: what it waits for, or what went wrong and the mend
 * @param examplesSeen examples read from the training log so far, those of earlier runs included
 * @param sinceTraining examples read since the last training
 * @param lastDecision the last that this run took; null before the first
 */
public record TrainerStatus(
    State state,
    String detail,
    long examplesSeen,
    long sinceTraining,
    @Nullable RolloutDecision lastDecision) {
  /** The detail where production holds no version at all. */
  public static final String NO_MODEL = "waiting for a trained version in production";

  /**
   * Where the trainer stands: STARTING, then WAITING_FOR_MODEL where production is empty, then
   * STANDBY while another trainer of the pipeline trains, then COLLECTING and TRAINING in turn;
   * STARTING again after a failure of Kafka, and when another took over; FAILED for good after any
   * other failure; CLOSED last.
   */
  public enum State {
    /** What was published or read before is looked up. */
    STARTING,
    /** No production version yet: nothing is read. */
    WAITING_FOR_MODEL,
    /** Another trainer of the pipeline trains; this one takes over when it ends. */
    STANDBY,
    /** Examples are read until they fire a training. */
    COLLECTING,
    TRAINING,
    /** Stopped for good; a restart is needed. */
    FAILED,
    CLOSED
  }
}
