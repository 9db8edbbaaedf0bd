package io.headwater.trainer;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How one trainer process runs.
 *
 * @param cache directory for verified blobs; may be shared with other processes of this machine
 * @param activations directory for what recomputed activations came to; one process holds it
 * @param poll how long one look at the training log waits
 * @param awaitModel how often production is looked at while it is empty
 * @param restartAfter how long to wait before starting over after a failure of Kafka
 * @param maxBacklog triggers' worth of unread examples above which firings are put off, so that a
 *     trainer that was away catches up first
 */
public record TrainerOptions(
    Path cache,
    Path activations,
    Duration poll,
    Duration awaitModel,
    Duration restartAfter,
    int maxBacklog) {

  /** Looks that wait 100 ms, and 5 s before a restart. */
  public static TrainerOptions defaults(Path stateDir) {
    return new TrainerOptions(
        stateDir.resolve("blobs"),
        stateDir.resolve("activations"),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(5),
        20);
  }
}
