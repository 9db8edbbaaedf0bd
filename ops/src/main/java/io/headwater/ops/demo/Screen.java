package io.headwater.ops.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Where a run shows how it goes: on a terminal a bar that is drawn over itself, elsewhere a line
 * now and then.
 *
 * <p>Safe for use by several threads.
 */
final class Screen {
  private static final int BAR = 16;
  private static final String CLEAR_LINE = "\r\u001b[2K";
  private static final long BAR_NANOS = Duration.ofMillis(200).toNanos();
  private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();

  private final PrintWriter out;
  private final boolean drawn;
  private long shownAt;
  private boolean barOpen;

  /**
   * A screen.
   *
   * @param drawn whether it is a terminal that a bar can be drawn on
   */
  Screen(PrintWriter out, boolean drawn) {
    this.out = out;
    this.drawn = drawn;
  }

  /** A line that stays. */
  synchronized void say(String line) {
    clear();
    out.println(line);
    out.flush();
  }

  /** Shows how far the run is, if it is time to. */
  synchronized void show(Progress progress, double eventsPerSecond) {
    long now = System.nanoTime();
    if (shownAt != 0 && now - shownAt < (drawn ? BAR_NANOS : LINE_NANOS)) {
      return;
    }
    shownAt = now;
    if (drawn) {
      out.print(CLEAR_LINE + bar(progress) + " " + figures(progress, eventsPerSecond));
      barOpen = true;
    } else {
      out.println(figures(progress, eventsPerSecond));
    }
    out.flush();
  }

  /** Takes the bar away. */
  synchronized void clear() {
    if (barOpen) {
      out.print(CLEAR_LINE);
      out.flush();
      barOpen = false;
    }
  }

  static String bar(Progress progress) {
    int full = (int) (BAR * progress.answered() / Math.max(1, progress.events()));
    return "[" + "#".repeat(full) + "-".repeat(BAR - full) + "]";
  }

  static String figures(Progress progress, double eventsPerSecond) {
    return String.format(
        Locale.ROOT,
        "%d/%d  %.0f/s  live %s  frozen %s  %s",
        progress.answered(),
        progress.events(),
        eventsPerSecond,
        accuracy(progress.accuracyLive()),
        accuracy(progress.accuracyFrozen()),
        progress.scoring() == null ? "no score yet" : "version " + progress.ordinal());
  }

  private static String accuracy(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.3f", share);
  }
}
