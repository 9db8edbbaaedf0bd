package io.headwater.ops.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.Scored;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.schemas.serde.RecordSerde;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one would write by hand around a model: decode, featurise, run, encode, with the very parts
 * that the scorer uses, so that a ratio to it tells the cost of what lies between.
 */
final class ByHand implements AutoCloseable {
  private final RecordSerde<Score> scores = RecordSerde.json(Score.class);
  private final JsonEvents events;
  private final LoadedModel model;
  private final int batch;

  /**
   * Takes over the model.
   *
   * @param batch most events a run
   */
  ByHand(Pipeline pipeline, LoadedModel model, int batch) {
    this.events = new JsonEvents(pipeline.event().maxBytes());
    this.model = model;
    this.batch = batch;
  }

  /** One score per event, in order; batches are sorted by length. */
  List<byte[]> score(List<byte[]> values) {
    List<JsonNode> bodies = new ArrayList<>(values.size());
    List<Features> features = new ArrayList<>(values.size());
    for (byte[] value : values) {
      JsonNode body = events.decode(value);
      bodies.add(body);
      features.add(featurise(body));
    }
    List<Integer> byLength =
        IntStream.range(0, values.size())
            .boxed()
            .sorted((a, b) -> features.get(a).length() - features.get(b).length())
            .toList();
    byte[][] answers = new byte[values.size()][];
    for (int from = 0; from < answers.length; from += batch) {
      List<Integer> rows = byLength.subList(from, Math.min(answers.length, from + batch));
      List<Scored> scored = model.score(rows.stream().map(features::get).toList());
      for (int i = 0; i < rows.size(); i++) {
        int row = rows.get(i);
        answers[row] = answer(bodies.get(row).get("id").asText(), scored.get(i).probabilities());
      }
    }
    return List.of(answers);
  }

  private Features featurise(JsonNode body) {
    try {
      return model.featurise(body);
    } catch (FeatureException e) {
      throw new IllegalStateException("a generated event has all its fields", e);
    }
  }

  private byte[] answer(String id, float[] probabilities) {
    List<Float> boxed = new ArrayList<>(probabilities.length);
    for (float probability : probabilities) {
      boxed.add(probability);
    }
    Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
    return scores.write(
        Score.newBuilder()
            .setEventId(id)
            .setEventTime(now)
            .setVersion(model.version())
            .setStage(Stage.PRODUCTION)
            .setDecision(model.decide(probabilities))
            .setProbabilities(boxed)
            .setScoredAt(now)
            .build());
  }

  /** The bytes of a score as the scorer writes them: what those write that do not score. */
  byte[] sample(byte[] value) {
    return score(List.of(value)).get(0);
  }

  @Override
  public void close() {
    model.close();
  }
}
