package io.headwater.ops.command;

import org.slf4j.event.Level;

/** A command that may run until it is stopped; it then logs to the terminal, too. */
interface Daemon {
  /** Whether it does so as it was called. */
  default boolean runsOn() {
    return true;
  }

  /** From which level on the terminal gets what is not Headwater's own. */
  default Level othersFrom() {
    return Level.WARN;
  }
}
