package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.Featuriser;
import io.headwater.model.guard.ModelGuard;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Feature;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.TextFeature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
   * Fetches the blobs, judges them, builds the sessions, runs one warm-up event and the goldens,
   * within the guard's time limit. The frozen prefix's blobs are not fetched where another loaded
   * version has the same.
   *
   * @throws io.headwater.model.guard.ModelRefusedException where the guard or a golden refuses it
   * @throws IllegalArgumentException where the version contradicts itself or ONNX Runtime refuses
   *     it
   * @throws io.headwater.model.pack.MissingBlobException where a blob can't be had
   * @throws InferenceException where the warm-up fails
   */
  public static LoadedModel load(ModelPackage version) {
    return load(version, ModelGuard.standard());
  }

  /** The same under limits of its own. */
  public static LoadedModel load(ModelPackage version, ModelGuard guard) {
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
    Blobs blobs = guard.check(version);
    Featuriser featuriser =
        new Featuriser(declared.getName(), feature, blobs.get(feature.getTokenizer()));
    try {
      Chain chain = Chain.open(inputs(feature), manifest.getSegments(), blobs);
      return warm(new LoadedModel(version, feature, tap, rule, featuriser, chain), blobs, guard);
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
    try (PaddedBatch padded = PaddedBatch.of(feature, batch)) {
      return run(padded.tensors(), batch.size(), null);
    }
  }

  /** Runs inputs as the segments declare them. */
  List<Scored> run(
      Map<String, OnnxTensor> inputs, int batch, OrtSession.@Nullable RunOptions options) {
    try (Chain.Values values = chain.run(inputs, options)) {
      float[][] activations = values.rows(tap.activation(), batch, tap.width());
      float[][] probabilities = tap.probabilities(values, batch);
      List<Scored> scored = new ArrayList<>(batch);
      for (int i = 0; i < batch; i++) {
        scored.add(new Scored(probabilities[i], activations[i]));
      }
      return scored;
    }
  }

  /** A blob of golden cases: the samples' inputs with their activations. */
  byte[] goldens(List<Features> samples) {
    try (PaddedBatch padded = PaddedBatch.of(feature, samples)) {
      List<Scored> scored = run(padded.tensors(), samples.size(), null);
      return GoldenCases.blob(padded.tensors(), scored.stream().map(Scored::activation).toList());
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

  private static LoadedModel warm(LoadedModel model, Blobs blobs, ModelGuard guard) {
    Duration limit = guard.limits().maxRun();
    try (PaddedBatch padded = PaddedBatch.of(model.feature, List.of(WARM_UP))) {
      TimeLimit.within("the version", limit, options -> model.run(padded.tensors(), 1, options));
      GoldenCases.check(model, blobs, limit);
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
