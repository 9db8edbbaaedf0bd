package io.headwater.stream.score;

import java.time.Duration;

/**
 * How many events to score before commits and polls get their turn again, from what the last ones
 * took, in time and in memory.
 *
 * <p>Starts small, at most doubles, and starts again when other versions come into force: their
 * speed is not known. Not safe for use by several threads.
 */
final class Pace {
  private static final int START = 8;
  private static final double NEWEST = 0.5;

  /** What a chunk's featurised events may hold: some dozens of pictures. */
  private static final long MAX_BYTES = 32L << 20;

  private final int max;
  private final long targetNanos;
  private int size;
  private double nanosPerEvent;
  private Object by = "";

  Pace(int max, Duration target) {
    this.max = max;
    this.targetNanos = target.toNanos();
    this.size = Math.min(START, max);
  }

  int size() {
    return size;
  }

  /** How long so many events take, as far as is known. */
  Duration of(int events) {
    return Duration.ofNanos((long) (nanosPerEvent * events));
  }

  /**
   * {@code who}, the versions, needed that long.
   *
   * @param bytes that the featurised events held
   */
  void took(Object who, int events, long nanos, long bytes) {
    double each = (double) nanos / events;
    if (!who.equals(by)) {
      by = who;
      nanosPerEvent = each;
      size = Math.min(START, max);
    } else {
      nanosPerEvent += NEWEST * (each - nanosPerEvent);
    }
    double inTime = targetNanos / Math.max(1, nanosPerEvent);
    double inMemory = (double) MAX_BYTES * events / Math.max(1, bytes);
    double fits = Math.max(1, Math.min(inTime, inMemory));
    size = (int) Math.min(Math.min(fits, 2.0 * size), max);
  }
}
