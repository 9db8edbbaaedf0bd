package io.headwater.ops.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.log.StageWriter;
import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.MlpGraphs;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.model.sign.Signing;
import io.headwater.schemas.GateOutcome;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two versions that answer differently and take turns in production; they recompute every score.
 *
 * <p>Used by one thread.
 */
final class Rivals implements AutoCloseable, Verdict.Recompute {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Integer> WIDTHS = List.of(Feeder.WIDTH, 32, 1);

  private final Pipeline pipeline;
  private final Map<String, Object> client;
  private final Signing signing;
  private final List<ModelPackage> versions;
  private final List<LoadedModel> loaded;
  private int published;

  Rivals(Pipeline pipeline, Map<String, Object> client, Signing signing) {
    this.pipeline = pipeline;
    this.client = client;
    this.signing = signing;
    this.versions = List.of(version(pipeline, 1), version(pipeline, 2));
    this.loaded = versions.stream().map(LoadedModel::load).toList();
  }

  private static ModelPackage version(Pipeline pipeline, long seed) {
    FeatureBinder binder =
        inputs ->
            new FeatureBinder.Bound(
                FeatureBinding.bind(pipeline, inputs, null, Statistics.none()), List.of());
    ImportRequest request =
        new ImportRequest(
            pipeline.name(),
            "mlp",
            pipeline.labels(),
            List.of(),
            List.of(),
            null,
            null,
            1,
            seed,
            null);
    return ModelImport.of(MlpGraphs.sigmoid(WIDTHS, seed), request, binder, new OrtRunner())
        .version();
  }

  /** Puts the other of the two into production. */
  void swap() {
    ModelPackage next = versions.get(published % versions.size());
    RolloutDecision decision =
        RolloutDecision.newBuilder()
            .setPipeline(pipeline.name())
            .setVersion(next.version())
            .setAction(RolloutAction.PUBLISH)
            .setOutcome(GateOutcome.PASS)
            .setReason("taking turns")
            .setEvidence(List.of())
            .setExamplesSeen(0)
            .setDecidedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
            .setBy("headwater check faults")
            .build();
    try (StageWriter production =
        new StageWriter(pipeline.topics(), Stage.PRODUCTION, client, signing, Clock.systemUTC())) {
      StageWriter.Written unused =
          production.publish(next, decision, Map.of(), decision.getDecidedAt());
    }
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
