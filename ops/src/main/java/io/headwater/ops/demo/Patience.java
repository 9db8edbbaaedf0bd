package io.headwater.ops.demo;

import io.headwater.ops.UserError;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Waits for states of a run, and ends it where nothing moves any more.
 *
 * <p>What moves is the ledger, or how the parts are. Used by one thread.
 */
final class Patience implements HoldBack.Waiting {
  private static final long LOOK_MILLIS = 500;
  private static final long SWAP_LOOK_MILLIS = 5;

  private final Ledger ledger;
  private final Parts parts;
  private final Duration limit;
  private String partsBefore = "";
  private long partsMovedAt = System.nanoTime();

  /**
   * Patience with a run.
   *
   * @param limit how long nothing may move
   */
  Patience(Ledger ledger, Parts parts, Duration limit) {
    this.ledger = ledger;
    this.parts = parts;
    this.limit = limit;
  }

  @Override
  public void until(Predicate<Progress> reached, String what) throws InterruptedException {
    while (!ledger.await(reached, LOOK_MILLIS)) {
      check(what);
    }
  }

  @Override
  public void untilSwapped() throws InterruptedException {
    String production = ledger.progress().production();
    while (production != null && !parts.isScoringWith(production)) {
      check("the scorer has version " + production);
      Thread.sleep(SWAP_LOOK_MILLIS);
    }
  }

  /** Returns when scorer and trainer do their work. */
  void untilReady() throws InterruptedException {
    while (!parts.areReady()) {
      check("scorer and trainer are ready");
      Thread.sleep(SWAP_LOOK_MILLIS);
    }
  }

  /**
   * Ends the run where it can't go on.
   *
   * @throws UserError naming what failed or stalled
   */
  private void check(String what) {
    Exception failure = ledger.failure();
    if (failure != null) {
      throw new UserError(
          "the demo's own client failed (%s)".formatted(failure), "see " + parts.log(), failure);
    }
    parts.requireAlive();
    long now = System.nanoTime();
    String states = parts.states();
    if (!Objects.equals(states, partsBefore)) {
      partsBefore = states;
      partsMovedAt = now;
    }
    if (Math.min(ledger.idleNanos(), now - partsMovedAt) > limit.toNanos()) {
      throw new UserError(
          "nothing has moved for %d s while waiting until %s; %s"
              .formatted(limit.toSeconds(), what, states),
          "see " + parts.log());
    }
  }
}
