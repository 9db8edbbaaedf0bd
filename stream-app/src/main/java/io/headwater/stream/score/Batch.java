package io.headwater.stream.score;

import io.headwater.model.featurise.Features;
import io.headwater.stream.ingest.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events that are scored together, by the same versions.
 *
 * @param canary the one that serves them, or null where the champion does
 * @param shadows none where they are shed
 */
record Batch(
    List<Prepared> events, Member champion, @Nullable Member canary, List<Member> shadows) {
  /**
   * An event and how it becomes the champion's inputs.
   *
   * @param canary the one that serves it, or null where the champion does
   */
  record Prepared(PolledEvent polled, Event event, Features features, @Nullable Member canary) {}

  /** Whoever scores beside the champion, the canary first. */
  List<Member> challengers() {
    if (canary == null) {
      return shadows;
    }
    List<Member> challengers = new ArrayList<>();
    challengers.add(canary);
    challengers.addAll(shadows);
    return challengers;
  }

  /** The same, of one event alone. */
  Batch alone(Prepared event) {
    return new Batch(List.of(event), champion, canary, shadows);
  }
}
