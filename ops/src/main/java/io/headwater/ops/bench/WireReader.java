package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Score;
import io.headwater.schemas.serde.AvroEvents;
import io.headwater.schemas.serde.EventDecoder;
import io.headwater.schemas.serde.HttpSchemaRegistry;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.schemas.serde.SchemaRegistry;
import java.net.URI;

/** Reads a pipeline's events and scores in its own format. */
final class WireReader {
  private static final byte[] SCORED_AT = "\"scoredAt\":".getBytes(UTF_8);

  private final EventDecoder events;
  private final RecordSerde<Score> scores;

  WireReader(Pipeline pipeline) {
    URI address = pipeline.wire().registry();
    SchemaRegistry registry = address == null ? null : new HttpSchemaRegistry(address);
    this.scores = new RecordSerdes(pipeline.wire().format(), registry).of(Score.class);
    this.events =
        registry == null ? new JsonEvents(pipeline.event().maxBytes()) : new AvroEvents(registry);
  }

  EventDecoder events() {
    return events;
  }

  /**
   * When a score was made, in epoch milliseconds; of JSON read without the rest, to cost little.
   */
  long scoredAt(byte[] score) {
    for (int i = score.length - SCORED_AT.length - 1; i >= 0 && score[0] == '{'; i--) {
      if (startsAt(score, i)) {
        long millis = 0;
        for (int at = i + SCORED_AT.length; score[at] >= '0' && score[at] <= '9'; at++) {
          millis = 10 * millis + score[at] - '0';
        }
        return millis;
      }
    }
    return scores.read(score).getScoredAt().toEpochMilli();
  }

  private static boolean startsAt(byte[] score, int from) {
    for (int i = 0; i < SCORED_AT.length; i++) {
      if (score[from + i] != SCORED_AT[i]) {
        return false;
      }
    }
    return true;
  }
}
