package io.headwater.trainer;

import io.headwater.schemas.RolloutDecision;
import io.headwater.trainer.TrainerStatus.State;
import org.jspecify.annotations.Nullable;

/** The trainer's status as its thread last said it; safe for use by several threads. */
final class StatusBoard {
  private State state = State.STARTING;
  private String detail = "not started";
  private long examplesSeen;
  private long sinceTraining;
  private @Nullable RolloutDecision lastDecision;

  /** Changes the state, except that nothing follows CLOSED. */
  synchronized void state(State next, String sentence) {
    if (state != State.CLOSED) {
      state = next;
      detail = sentence;
    }
  }

  synchronized void examples(long seen, long since) {
    examplesSeen = seen;
    sinceTraining = since;
  }

  synchronized void decided(RolloutDecision decision) {
    lastDecision = decision;
  }

  synchronized TrainerStatus read() {
    return new TrainerStatus(state, detail, examplesSeen, sinceTraining, lastDecision);
  }
}
