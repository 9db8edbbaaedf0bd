package io.headwater.model.pipeline;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a training remembers: what of the log it may replay, and what it must not forget.
 *
 * @param sourceCap share of the replay that the examples of one label source may fill, in (0, 1]
 * @param replayBytes what the examples held may take in memory, activations included
 * @param exclude examples that are never replayed
 * @param rehearsal file of labelled events that every training sees besides what is replayed; null
 *     for none
 * @param guard file of labelled events of the source task, which each version is judged on; null
 *     for none
 * @param guardTolerance how far the accuracy on them may fall from parent to child; null where it
 *     is told alone
 */
public record Memory(
    double sourceCap,
    long replayBytes,
    Exclusions exclude,
    @Nullable Path rehearsal,
    @Nullable Path guard,
    @Nullable Double guardTolerance) {
  /** What a pipeline file without any of the keys says. */
  public static final Memory DEFAULT = new Memory(1, 256L << 20, Exclusions.NONE, null, null, null);
}
