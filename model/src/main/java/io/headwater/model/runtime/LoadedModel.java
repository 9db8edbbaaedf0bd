package io.headwater.model.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.Featuriser;
import io.headwater.model.featurise.InputLayout;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A version ready to score: its featuriser, its frozen prefix (shared with other loaded versions
 * that have the same segments) and its head.
 *
 * <p>Safe for use by several threads; must not be closed while one runs, which {@link LiveModel}
 * ensures.
 */
public final class LoadedModel implements AutoCloseable {
  private static final int WARM_UP_TOKENS = 8;

  private final String version;
  private final Manifest manifest;
  private final String prefixDigest;
  private final Tap tap;
  private final DecisionRule rule;
  private final Featuriser featuriser;
  private final Chain chain;
  private volatile boolean closed;

  private LoadedModel(
      ModelPackage source, Tap tap, DecisionRule rule, Featuriser featuriser, Chain chain) {
    this.version = source.version();
    this.manifest = source.manifest();
    this.prefixDigest = Segments.prefixDigest(manifest);
    this.tap = tap;
    this.rule = rule;
    this.featuriser = featuriser;
    this.chain = chain;
  }

  /**
   * Fetches the blobs, builds the sessions and runs one warm-up event. The frozen prefix's blobs
   * are not fetched where another loaded version has the same.
   *
   * @throws IllegalArgumentException where the version contradicts itself or ONNX Runtime refuses
   *     it
   * @throws io.headwater.model.pack.MissingBlobException where a blob can't be had
   * @throws InferenceException where the warm-up fails
   */
  public static LoadedModel load(ModelPackage version) {
    Manifest manifest = version.manifest();
    Tap tap = Tap.of(manifest);
    DecisionRule rule = DecisionRule.of(manifest);
    List<TensorSpec> inputs = Segments.inputs(manifest.getSegments());
    Featuriser featuriser = Featuriser.open(manifest.getFeatures(), inputs, version.blobs());
    try {
      Chain chain = Chain.open(names(inputs), manifest.getSegments(), version.blobs());
      return warm(new LoadedModel(version, tap, rule, featuriser, chain));
    } catch (RuntimeException e) {
      featuriser.close();
      throw e;
    }
  }

  public String version() {
    return version;
  }

  public Manifest manifest() {
    return manifest;
  }

  /** Digest that names the frozen prefix: equal prefixes give equal activations. */
  public String prefixDigest() {
    return prefixDigest;
  }

  public Features featurise(JsonNode event) throws FeatureException {
    requireOpen();
    return featuriser.featurise(event);
  }

  /**
   * Scores one batch, padded to its longest; the caller sorts and sizes it.
   *
   * @return one answer per event, in order
   * @throws InferenceException when the run fails or answers with a non-finite value
   */
  public List<Scored> score(List<Features> batch) {
    requireOpen();
    if (batch.isEmpty()) {
      return List.of();
    }
    List<Scored> scored = new ArrayList<>(batch.size());
    InputLayout layout = featuriser.layout();
    for (int from = 0; from < batch.size(); ) {
      int to = InputBatch.end(layout, batch, from);
      run(batch.subList(from, to), scored);
      from = to;
    }
    return scored;
  }

  private void run(List<Features> batch, List<Scored> scored) {
    try (InputBatch inputs = InputBatch.of(featuriser.layout(), batch);
        Chain.Values values = chain.run(inputs.tensors())) {
      float[][] activations = values.rows(tap.activation(), batch.size(), tap.width());
      float[][] probabilities = tap.probabilities(values, batch.size());
      for (int i = 0; i < batch.size(); i++) {
        scored.add(new Scored(probabilities[i], activations[i]));
      }
    }
  }

  /** The label that the manifest's thresholds decide for. */
  public String decide(float[] probabilities) {
    return rule.decide(probabilities);
  }

  /** Ends the sessions that no other loaded version shares; closing twice counts once. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      chain.close();
      featuriser.close();
    }
  }

  private static LoadedModel warm(LoadedModel model) {
    try {
      model.score(List.of(model.featuriser.layout().zeros(WARM_UP_TOKENS)));
      return model;
    } catch (RuntimeException e) {
      model.chain.close();
      throw e;
    }
  }

  private static Set<String> names(List<TensorSpec> inputs) {
    return inputs.stream().map(TensorSpec::getName).collect(Collectors.toSet());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("version " + version + " is closed");
    }
  }
}
