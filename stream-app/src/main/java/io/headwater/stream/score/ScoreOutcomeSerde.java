package io.headwater.stream.score;

import io.headwater.schemas.serde.ScoreWriter;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes outcomes as they lie on their topics, so that they go to a sink without a node between.
 *
 * <p>Only writes: outcomes are never read.
 */
public final class ScoreOutcomeSerde implements Serde<ScoreOutcome> {
  private final ScoreWriter scores;

  public ScoreOutcomeSerde(ScoreWriter scores) {
    this.scores = scores;
  }

  @Override
  public Serializer<ScoreOutcome> serializer() {
    return (topic, outcome) -> {
      if (outcome instanceof ScoreOutcome.Given given) {
        return scores.write(topic, given.score());
      } else if (outcome instanceof ScoreOutcome.Beside beside) {
        return scores.write(topic, beside.score());
      } else if (outcome instanceof ScoreOutcome.Dead dead) {
        return dead.value();
      }
      throw new IllegalArgumentException("what goes to the join is not written to a topic");
    };
  }

  @Override
  public Deserializer<ScoreOutcome> deserializer() {
    return (topic, bytes) -> {
      throw new UnsupportedOperationException("outcomes are written, never read");
    };
  }
}
