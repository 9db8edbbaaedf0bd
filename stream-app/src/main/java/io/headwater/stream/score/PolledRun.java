package io.headwater.stream.score;

import java.util.List;

/**
 * Neighbouring events of one partition, in their order, that pass through Kafka Streams as one
 * record: whole or not at all.
 */
public record PolledRun(List<PolledEvent> events) {
  public PolledRun {
    if (events.isEmpty()) {
      throw new IllegalArgumentException("a run has an event at least");
    }
  }

  /** An event that came without a poll. */
  static PolledRun alone(PolledEvent event) {
    return new PolledRun(List.of(event));
  }
}
