package io.headwater.stream.score;

import io.headwater.schemas.Score;
import io.headwater.stream.held.HeldScore;
import org.jspecify.annotations.Nullable;

/** What a record of the events topic goes on as. */
public sealed interface ScoreOutcome {
  /** Name of the node that takes every {@link Given}. */
  String GIVEN = "score-record";

  /** Name of the node that takes every {@link Beside}. */
  String BESIDE = "beside-record";

  /** Name of the node that takes every {@link ToJoin}. */
  String TO_JOIN = "score-by-event";

  /** Name of the node that takes every {@link Dead}. */
  String DEAD = "event-bytes";

  /** The score, for the scores topic. */
  record Given(Score score) implements ScoreOutcome {}

  /** What a version that does not serve the event answered, for the shadow scores. */
  record Beside(Score score) implements ScoreOutcome {}

  /** The score and the activation, on their way to the event's label. */
  record ToJoin(String eventId, HeldScore score) implements ScoreOutcome {}

  /** A dead letter with the original bytes; its headers say why. */
  record Dead(byte @Nullable [] value) implements ScoreOutcome {}
}
