package io.headwater.ops.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pack.TensorBytes;
import io.headwater.model.runtime.GoldenCases;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Weight;
import io.headwater.schemas.serde.EventDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Versions that follow on one another, each with other weights in all its trainable segments and
 * with goldens of its own; made ahead, so that making them takes nothing from what is measured.
 */
final class Successors {
  private static final float STEP = 1e-4f;
  private static final int SAMPLES = 64;

  private final ModelPackage first;
  private final Deque<ModelPackage> ready = new ArrayDeque<>();

  /**
   * Makes versions.
   *
   * @param events reads the workload's events, of which the goldens are made
   * @param count how many follow on the first
   */
  Successors(Workload workload, EventDecoder events, int count) {
    try (LoadedModel loaded = LoadedModel.load(workload.version())) {
      List<Features> samples = new ArrayList<>();
      for (int i = 0; i < SAMPLES; i++) {
        samples.add(features(loaded, events.decode(workload.event().apply(i))));
      }
      first = GoldenCases.seal(workload.version(), loaded, GoldenCases.of(loaded, samples));
      Map<String, float[]> weights = weights(first);
      ModelPackage newest = first;
      for (int i = 0; i < count; i++) {
        newest = next(newest, weights);
        ready.add(newest);
      }
    }
  }

  private static Features features(LoadedModel loaded, JsonNode event) {
    try {
      return loaded.featurise(event);
    } catch (FeatureException e) {
      throw new IllegalStateException("a generated event has all its fields", e);
    }
  }

  private static Map<String, float[]> weights(ModelPackage version) {
    Map<String, float[]> weights = new HashMap<>();
    for (Segment segment : Segments.trainable(version.manifest())) {
      for (Weight weight : segment.getWeights()) {
        weights.put(weight.getName(), TensorBytes.floats(version.blobs().get(weight.getDigest())));
      }
    }
    return weights;
  }

  /** Every weight a ten thousandth larger. */
  private static ModelPackage next(ModelPackage parent, Map<String, float[]> weights) {
    for (float[] values : weights.values()) {
      for (int i = 0; i < values.length; i++) {
        values[i] += STEP * Math.max(STEP, Math.abs(values[i]));
      }
    }
    return GoldenCases.renew(
        parent.withHeadWeights(weights, parent.manifest().getLineage(), null, List.of()), parent);
  }

  ModelPackage first() {
    return first;
  }

  /**
   * The next version.
   *
   * @throws java.util.NoSuchElementException where no more were made
   */
  ModelPackage next() {
    return ready.remove();
  }
}
