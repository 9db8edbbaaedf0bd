package io.headwater.stream;

import org.jspecify.annotations.Nullable;

/**
 * How the scorer is.
 *
 * @param version the version in force; null before the first
 * @param detail a sentence for people: what it waits for, or what went wrong and the mend
 */
public record ScorerStatus(State state, @Nullable String version, String detail) {
  /** The detail where production holds no version at all. */
  public static final String NO_MODEL = "waiting for a trained version in production";

  /**
   * Where the scorer stands: WAITING_FOR_MODEL, then STARTING with the first version, then RUNNING;
   * STARTING again while partitions move or the schema registry is away; FAILED for good after
   * repeated failures; CLOSED last.
   */
  public enum State {
    /** No trained production version yet: nothing is consumed. */
    WAITING_FOR_MODEL,
    /** Partitions are being assigned and state restored. */
    STARTING,
    RUNNING,
    /** Stopped for good; a restart is needed. */
    FAILED,
    CLOSED
  }
}
