package io.headwater.ops.command;

/** A command that may run until it is stopped; it then logs to the terminal, too. */
interface Daemon {
  /** Whether it does so as it was called. */
  default boolean runsOn() {
    return true;
  }
}
