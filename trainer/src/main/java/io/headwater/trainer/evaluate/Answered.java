package io.headwater.trainer.evaluate;

import java.time.Duration;
import java.time.Instant;

/** An answer as it was given, and the truth that came later. */
public sealed interface Answered permits Served, ServedValue {
  String eventId();

  /** The version that gave it. */
  String version();

  /** When it was given. */
  Instant scoredAt();

  /** When the truth was known. */
  Instant labeledAt();

  /** The part of the stream that the event belongs to; empty where the pipeline has none. */
  String slice();

  /** How long the truth took; zero where it was known before. */
  default Duration delay() {
    Duration delay = Duration.between(scoredAt(), labeledAt());
    return delay.isNegative() ? Duration.ZERO : delay;
  }
}
