package io.headwater.stream.score;

import io.headwater.schemas.serde.PlainScore;
import io.headwater.stream.held.HeldScore;
import org.jspecify.annotations.Nullable;

/** What a record of the events topic goes on as. */
public sealed interface ScoreOutcome {
  /** Name of the sink that takes every {@link Given}. */
  String GIVEN = "scores";

  /** Name of the sink that takes every {@link Beside}. */
  String BESIDE = "shadow-scores";

  /** Name of the node that takes every {@link ToJoin}. */
  String TO_JOIN = "score-by-event";

  /** Name of the sink that takes every {@link Dead}. */
  String DEAD = "dead-events";

  /** The score, for the scores topic. */
  record Given(PlainScore score) implements ScoreOutcome {}

  /** What a version that does not serve the event answered, for the shadow scores. */
  record Beside(PlainScore score) implements ScoreOutcome {}

  /** The score and the activation, on their way to the event's label. */
  record ToJoin(String eventId, HeldScore score) implements ScoreOutcome {}

  /** A dead letter with the original bytes; its headers say why. */
  record Dead(byte @Nullable [] value) implements ScoreOutcome {}
}
