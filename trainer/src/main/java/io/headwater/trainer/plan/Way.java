package io.headwater.trainer.plan;

/**
 * A way to train more than the head, or another head.
 *
 * @param tap how many leading segments stay in front of a new head; 0 where the head stays where it
 *     is
 * @param segments how many trailing segments train; a new head is one
 * @param weights numbers that training changes
 * @param drawnBack whether weights that were trained before are drawn back to where they were
 *     (L2-SP)
 * @param of how many segments the model has
 */
public record Way(int tap, int segments, long weights, boolean drawnBack, int of) {
  /** A new head behind the first segments, and nothing else. */
  static Way tap(int kept, long weights, int of) {
    return new Way(kept, 1, weights, false, of);
  }

  /** The last segments. */
  static Way last(Depth depth, boolean drawnBack, int of) {
    return new Way(0, depth.segments(), depth.weights(), drawnBack, of);
  }

  /** Whether its head is a new one, at an earlier tap. */
  public boolean taps() {
    return tap > 0;
  }

  /**
   * As lineage and the pipeline file spell it: {@code tap:K}, {@code segments:N} or {@code all}.
   */
  public String name() {
    if (taps()) {
      return "tap:" + tap;
    }
    return segments == of ? "all" : "segments:" + segments;
  }
}
