package io.headwater.model.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.Featuriser;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Feature;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.TextFeature;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A version ready to score: its featuriser, its frozen prefix (shared with other loaded versions
 * that have the same segments) and its head.
 *
 * <p>Safe for use by several threads; must not be closed while one runs, which {@link LiveModel}
 * ensures.
 */
public final class LoadedModel implements AutoCloseable {
  private static final Features WARM_UP = new Features(new long[8]);

  private final String version;
  private final Manifest manifest;
  private final String prefixDigest;
  private final TextFeature feature;
  private final Tap tap;
  private final DecisionRule rule;
  private final Featuriser featuriser;
  private final Chain chain;
  private volatile boolean closed;

  private LoadedModel(
      ModelPackage source,
      TextFeature feature,
      Tap tap,
      DecisionRule rule,
      Featuriser featuriser,
      Chain chain) {
    this.version = source.version();
    this.manifest = source.manifest();
    this.prefixDigest = Segments.prefixDigest(manifest);
    this.feature = feature;
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
    if (manifest.getFeatures().size() != 1) {
      throw new IllegalArgumentException(
          "the version has " + manifest.getFeatures().size() + " features; one text can be fed");
    }
    Tap tap = Tap.of(manifest);
    DecisionRule rule = DecisionRule.of(manifest);
    Feature declared = manifest.getFeatures().get(0);
    if (!(declared.getSpec() instanceof TextFeature feature)) {
      throw new IllegalArgumentException("feature '" + declared.getName() + "' is no text");
    }
    Featuriser featuriser =
        new Featuriser(declared.getName(), feature, version.blobs().get(feature.getTokenizer()));
    try {
      Chain chain =
          Chain.open(
              inputs(feature),
              List.of(Segments.frozen(manifest), Segments.trainable(manifest)),
              manifest.getScored(),
              version.blobs());
      return warm(new LoadedModel(version, feature, tap, rule, featuriser, chain));
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
    try (PaddedBatch padded = PaddedBatch.of(feature, batch);
        Chain.Values values = chain.run(padded.tensors())) {
      float[][] activations = tap.activations(values, batch.size());
      float[][] probabilities = tap.probabilities(values, batch.size());
      List<Scored> scored = new ArrayList<>(batch.size());
      for (int i = 0; i < batch.size(); i++) {
        scored.add(new Scored(probabilities[i], activations[i]));
      }
      return scored;
    }
  }

  /** The label that the manifest's thresholds decide for; empty where it has no labels. */
  public String decide(float[] probabilities) {
    return tap.kind() == OutputKind.VALUES ? "" : rule.decide(probabilities);
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
      model.score(List.of(WARM_UP));
      return model;
    } catch (RuntimeException e) {
      model.chain.close();
      throw e;
    }
  }

  private static Set<String> inputs(TextFeature feature) {
    Set<String> inputs = new TreeSet<>();
    inputs.add(feature.getIdsInput());
    inputs.add(feature.getMaskInput());
    String types = feature.getTypesInput();
    if (types != null) {
      inputs.add(types);
    }
    return inputs;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("version " + version + " is closed");
    }
  }
}
