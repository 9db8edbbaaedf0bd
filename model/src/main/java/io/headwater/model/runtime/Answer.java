package io.headwater.model.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of one version's part of a batch. */
public sealed interface Answer {
  /**
   * The version ran.
   *
   * @param scored one per event, in order; null for an event whose answer is not finite
   */
  record Given(List<@Nullable Scored> scored) implements Answer {}

  /** A segment of the version, or one that it shares, failed; no event has an answer. */
  record Failed(InferenceException why) implements Answer {}
}
