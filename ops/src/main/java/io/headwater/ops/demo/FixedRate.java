package io.headwater.ops.demo;

import java.util.concurrent.TimeUnit;

/** A fixed number of events a second, whatever scorer and trainer make of it. */
final class FixedRate implements Feeder.Pace {
  private final double nanosPerEvent;
  private long start;

  FixedRate(double eventsPerSecond) {
    if (!(eventsPerSecond > 0)) {
      throw new IllegalArgumentException("a rate is above 0, not " + eventsPerSecond);
    }
    this.nanosPerEvent = 1e9 / eventsPerSecond;
  }

  @Override
  public void beforeEvent(int index) throws InterruptedException {
    if (index == 0) {
      start = System.nanoTime();
    }
    long due = start + (long) (index * nanosPerEvent);
    TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
  }

  @Override
  public void beforeLabel(int index) {}
}
