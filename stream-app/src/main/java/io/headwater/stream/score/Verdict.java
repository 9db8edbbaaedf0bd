package io.headwater.stream.score;

import io.headwater.model.runtime.Scored;
import io.headwater.stream.ingest.Event;
import io.headwater.stream.ingest.Rejection;

/** What became of one event. */
public sealed interface Verdict {
  /**
   * The event's score.
   *
   * @param prefix digest of the segments that computed the activation
   * @param scoredAt epoch milliseconds
   */
  record Answer(
      Event event, String version, String prefix, Scored scored, String decision, long scoredAt)
      implements Verdict {}

  /** Why there is none. */
  record Refused(Rejection rejection) implements Verdict {}
}
