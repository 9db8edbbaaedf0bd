package io.headwater.ops.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.log.StageWriter;
import io.headwater.model.onnx.MlpGraphs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.sign.Signing;
import io.headwater.ops.models.PlainImport;
import io.headwater.ops.registry.ByHand;
import io.headwater.schemas.Stage;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two versions that answer differently and take turns in production; they recompute every score.
 *
 * <p>Used by one thread.
 */
final class Rivals implements AutoCloseable, Verdict.Recompute {
  private static final String BY = "headwater check faults";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Integer> WIDTHS = List.of(Feeder.WIDTH, 32, 1);

  private final ByHand hand;
  private final List<ModelPackage> versions;
  private final List<LoadedModel> loaded;
  private int published;

  Rivals(Pipeline pipeline, Map<String, Object> client, Signing signing) {
    this.hand = new ByHand(pipeline, client, signing, Clock.systemUTC(), BY);
    this.versions = List.of(version(pipeline, 1), version(pipeline, 2));
    this.loaded = versions.stream().map(LoadedModel::load).toList();
  }

  private static ModelPackage version(Pipeline pipeline, long seed) {
    return PlainImport.of(pipeline, "mlp", MlpGraphs.sigmoid(WIDTHS, seed), 1);
  }

  /** Puts the other of the two into production. */
  void swap() {
    StageWriter.Written unused =
        hand.publish(
            versions.get(published % versions.size()), Stage.PRODUCTION, "in turns", false);
    published++;
  }

  /** How often {@link #swap} was called. */
  int swaps() {
    return published;
  }

  @Override
  public Optional<Verdict.Answer> answer(String version, String eventId) {
    int index = Integer.parseInt(eventId.substring(1));
    return loaded.stream()
        .filter(model -> model.version().equals(version))
        .findFirst()
        .map(model -> answer(model, index));
  }

  private static Verdict.Answer answer(LoadedModel model, int index) {
    try {
      Features features = model.featurise(JSON.readTree(Feeder.event(index)));
      float[] probabilities = model.score(List.of(features)).get(0).probabilities();
      return new Verdict.Answer(probabilities, model.decide(probabilities));
    } catch (FeatureException | JsonProcessingException e) {
      throw new IllegalStateException("a generated event has all its fields", e);
    }
  }

  @Override
  public void close() {
    loaded.forEach(LoadedModel::close);
  }
}
