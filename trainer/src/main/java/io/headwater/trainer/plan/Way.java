package io.headwater.trainer.plan;

/**
 * A way to train more than the head.
 *
 * @param tap how many leading segments stay in front of a new head; 0 where the head stays where it
 *     is
 * @param segments without a tap, how many trailing segments train, the head's among them; with one,
 *     how many of the segments in front of the new head train with it
 * @param weights numbers that training changes
 * @param drawnBack whether weights that were trained before are drawn back to where they were
 *     (L2-SP)
 * @param of how many segments the model has
 */
public record Way(int tap, int segments, long weights, boolean drawnBack, int of) {
  /** A new head behind the first segments, and nothing else. */
  static Way tap(int kept, long weights, int of) {
    return new Way(kept, 0, weights, false, of);
  }

  /** The last segments. */
  static Way last(Depth depth, boolean drawnBack, int of) {
    return new Way(0, depth.segments(), depth.weights(), drawnBack, of);
  }

  /** Whether its head is a new one, at an earlier tap. */
  public boolean taps() {
    return tap > 0;
  }

  /** The new head of this way's tap alone. */
  public Way headAlone() {
    return new Way(tap, 0, 0, false, of);
  }

  /**
   * As lineage and the pipeline file spell it: {@code tap:K}, {@code segments:N} or {@code all};
   * {@code tap:K+N} where N of the segments in front of the tap train as well.
   */
  public String name() {
    if (taps()) {
      return "tap:" + tap + (segments > 0 ? "+" + segments : "");
    }
    return segments == of ? "all" : "segments:" + segments;
  }
}
