package io.headwater.ops.demo;

import java.util.function.Predicate;

/**
 * The pace at which every label counts: nothing is produced while the trainer is a batch of labels
 * behind or the version that it made is not scoring yet.
 *
 * <p>The label that completes a batch is held until all that was produced is scored. So which
 * version scores which event depends on the data, and not on how fast the machine is.
 */
record HoldBack(Waiting waiting, int trigger, int maxInFlight) implements Feeder.Pace {
  /** Waits for a state of the run. */
  interface Waiting {
    /** Returns when the state is reached; ends the run where nothing moves. */
    void until(Predicate<Progress> reached, String what) throws InterruptedException;

    /** Returns when the scorer has the version that production names. */
    void untilSwapped() throws InterruptedException;
  }

  @Override
  public void beforeEvent(int index) throws InterruptedException {
    waiting.until(progress -> progress.inFlight() < maxInFlight, "events are scored");
    waiting.until(
        progress -> progress.behind() < trigger && progress.settled(), "the trainer has decided");
    waiting.untilSwapped();
  }

  @Override
  public void beforeLabel(int index) throws InterruptedException {
    if ((index + 1) % trigger == 0) {
      waiting.until(progress -> progress.inFlight() == 0, "events are scored");
    }
  }
}
