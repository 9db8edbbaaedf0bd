package io.headwater.ops.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.Scored;
import io.headwater.schemas.Stage;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.serde.AvroEvents;
import io.headwater.schemas.serde.EventDecoder;
import io.headwater.schemas.serde.HttpSchemaRegistry;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.schemas.serde.PlainScore;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.schemas.serde.SchemaRegistry;
import io.headwater.schemas.serde.ScoreWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one would write by hand around a model: decode, featurise, run, encode, with the parts that
 * the scorer uses, so that a ratio to it tells the cost of what lies between.
 *
 * <p>Confined to one thread at a time.
 */
final class ByHand implements AutoCloseable {
  private final ScoreWriter scores;
  private final String output;
  private final EventDecoder events;
  private final LoadedModel model;
  private final @Nullable PinnedModel pinned;
  private final int batch;

  /**
   * Loads a model.
   *
   * @param batch most events a run
   */
  ByHand(Pipeline pipeline, ModelPackage version, int batch) {
    URI address = pipeline.wire().registry();
    SchemaRegistry registry = address == null ? null : new HttpSchemaRegistry(address);
    this.scores = new RecordSerdes(pipeline.wire().format(), registry).scores();
    this.output = pipeline.topics().scores();
    this.events =
        registry == null ? new JsonEvents(pipeline.event().maxBytes()) : new AvroEvents(registry);
    this.model = LoadedModel.load(version);
    boolean texts = version.manifest().getFeatures().get(0).getSpec() instanceof TextFeature;
    this.pinned = texts ? null : new PinnedModel(version, batch);
    this.batch = batch;
  }

  String version() {
    return model.version();
  }

  /** One score per event, in order; batches are sorted by length. */
  List<byte[]> score(List<byte[]> values) {
    List<String> ids = new ArrayList<>(values.size());
    List<Features> features = new ArrayList<>(values.size());
    for (byte[] value : values) {
      JsonNode body = events.decode(value);
      ids.add(body.get("id").asText());
      features.add(featurise(body));
    }
    int[] byLength = sorted(features);
    byte[][] answers = new byte[values.size()][];
    List<Features> rows = new ArrayList<>(batch);
    for (int from = 0; from < answers.length; from += rows.size()) {
      rows.clear();
      for (int i = from; i < Math.min(answers.length, from + batch); i++) {
        rows.add(features.get(byLength[i]));
      }
      float[][] probabilities = run(rows);
      for (int i = 0; i < rows.size(); i++) {
        int row = byLength[from + i];
        answers[row] = answer(ids.get(row), probabilities[i]);
      }
    }
    return List.of(answers);
  }

  private static int[] sorted(List<Features> features) {
    int[] order = IntStream.range(0, features.size()).toArray();
    if (features.get(0).length() == 0) {
      return order;
    }
    return IntStream.of(order)
        .boxed()
        .sorted((a, b) -> features.get(a).length() - features.get(b).length())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private float[][] run(List<Features> rows) {
    if (pinned != null) {
      return pinned.run(rows);
    }
    return model.score(rows).stream().map(Scored::probabilities).toArray(float[][]::new);
  }

  private Features featurise(JsonNode body) {
    try {
      return model.featurise(body);
    } catch (FeatureException e) {
      throw new IllegalStateException("a generated event has all its fields", e);
    }
  }

  private byte[] answer(String id, float[] probabilities) {
    long now = System.currentTimeMillis();
    return scores.write(
        output,
        new PlainScore(
            id,
            now,
            model.version(),
            Stage.PRODUCTION,
            model.decide(probabilities),
            probabilities,
            now));
  }

  @Override
  public void close() {
    if (pinned != null) {
      pinned.close();
    }
    model.close();
  }
}
