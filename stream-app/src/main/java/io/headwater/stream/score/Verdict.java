package io.headwater.stream.score;

import io.headwater.model.runtime.Scored;
import io.headwater.schemas.Stage;
import io.headwater.stream.ingest.Event;
import io.headwater.stream.ingest.Rejection;
import java.util.List;

/** What became of one event. */
public sealed interface Verdict {
  /**
   * What one version answered.
   *
   * @param prefix digest of the segments that computed the activation
   */
  record Given(Stage stage, String version, String prefix, Scored scored, String decision) {}

  /**
   * The event's score.
   *
   * @param served the score that counts
   * @param beside what other versions answered: shadows, and the champion where a canary serves
   * @param scoredAt epoch milliseconds
   */
  record Answer(Event event, Given served, List<Given> beside, long scoredAt) implements Verdict {
    public Answer {
      beside = List.copyOf(beside);
    }
  }

  /** Why there is none. */
  record Refused(Rejection rejection) implements Verdict {}
}
