package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.Featuriser;
import io.headwater.model.featurise.InputLayout;
import io.headwater.model.guard.ModelGuard;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.TensorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A version ready to score: its featuriser, its frozen prefix (shared with other loaded versions
 * that have the same segments) and its head.
 *
 * <p>Safe for use by several threads; must not be closed while one runs. A version that a {@link
 * SegmentTrie} has taken in is run by that alone, and stays whole until the last such trie ends.
 */
public final class LoadedModel implements AutoCloseable {
  private final String version;
  private final Manifest manifest;
  private final String prefixDigest;
  private final Tap tap;
  private final DecisionRule rule;
  private final Featuriser featuriser;
  private final Chain chain;
  private final Blobs blobs;
  private LoadTimes times = new LoadTimes(Duration.ZERO, Duration.ZERO, Duration.ZERO);
  private volatile boolean closed;
  private int tries;

  private LoadedModel(
      ModelPackage source, Tap tap, DecisionRule rule, Featuriser featuriser, Chain chain) {
    this.version = source.version();
    this.manifest = source.manifest();
    this.blobs = source.blobs();
    this.prefixDigest = Segments.prefixDigest(manifest);
    this.tap = tap;
    this.rule = rule;
    this.featuriser = featuriser;
    this.chain = chain;
  }

  /**
   * Fetches the blobs, judges them, builds the sessions and runs the goldens, or one warm-up event,
   * within the guard's time limit. The frozen prefix's blobs are not fetched, nor is it run where
   * that can be done without, where another loaded version has the same.
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
    long start = System.nanoTime();
    Manifest manifest = version.manifest();
    Blobs blobs = guard.check(version);
    long judged = System.nanoTime();
    Tap tap = Tap.of(manifest);
    DecisionRule rule = DecisionRule.of(manifest);
    List<TensorSpec> inputs = Segments.inputs(manifest.getSegments());
    Featuriser featuriser = Featuriser.open(manifest.getFeatures(), inputs, blobs);
    try {
      Chain chain =
          Chain.open(
              names(inputs),
              List.of(Segments.frozen(manifest), Segments.trainable(manifest)),
              tap.names(),
              blobs);
      LoadedModel model = new LoadedModel(version, tap, rule, featuriser, chain);
      long opened = System.nanoTime();
      prove(model, blobs, guard);
      model.times =
          new LoadTimes(
              Duration.ofNanos(judged - start),
              Duration.ofNanos(opened - judged),
              Duration.ofNanos(System.nanoTime() - opened));
      return model;
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

  /** How long it took to load. */
  public LoadTimes times() {
    return times;
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
      List<Features> part = batch.subList(from, to);
      try (InputBatch inputs = InputBatch.of(layout, part)) {
        scored.addAll(run(inputs.tensors(), part.size(), null));
      }
      from = to;
    }
    return scored;
  }

  /** Runs inputs as the segments declare them. */
  List<Scored> run(
      Map<String, OnnxTensor> inputs, int batch, OrtSession.@Nullable RunOptions options) {
    try (Chain.Values values = chain.run(inputs, options)) {
      List<Scored> scored = new ArrayList<>(batch);
      for (Scored one : tap.scored(values, batch)) {
        if (one == null) {
          throw tap.notFinite();
        }
        scored.add(one);
      }
      return scored;
    }
  }

  /** Runs the trainable part alone on all that it reads. */
  float[][] runLast(Map<String, OnnxTensor> inputs, int batch, OrtSession.RunOptions options) {
    try (Chain.Values values = chain.runLast(inputs, options)) {
      return tap.probabilities(values, batch);
    }
  }

  /** Whether another version with the same frozen prefix passed its first runs. */
  boolean isPrefixProven() {
    return chain.isPrefixProven();
  }

  /** A blob of golden cases: the inputs of as many samples as fit one batch, and activations. */
  byte[] goldens(List<Features> samples) {
    InputLayout layout = featuriser.layout();
    List<Features> batch = samples.subList(0, InputBatch.end(layout, samples, 0));
    try (InputBatch inputs = InputBatch.of(layout, batch)) {
      List<Scored> scored = run(inputs.tensors(), batch.size(), null);
      return GoldenCases.blob(inputs.tensors(), scored.stream().map(Scored::activation).toList());
    }
  }

  /** What the manifest's thresholds decide for; empty for values where it has none. */
  public String decide(float[] probabilities) {
    return rule.decide(probabilities);
  }

  Tap tap() {
    return tap;
  }

  Featuriser featuriser() {
    return featuriser;
  }

  Blobs blobs() {
    return blobs;
  }

  /** Stays whole for one more trie. */
  synchronized void hold() {
    requireOpen();
    tries++;
  }

  /** Ends the sessions of its own that no one shares: the trie that holds it has all it needs. */
  void leaveToTrie() {
    chain.close();
  }

  /** One trie less that needs it. */
  synchronized void release() {
    tries--;
    end();
  }

  /**
   * Ends the sessions that no other loaded version shares, at once or with the last trie that holds
   * it; closing twice counts once.
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      end();
    }
  }

  private void end() {
    if (closed && tries == 0) {
      chain.close();
      featuriser.close();
    }
  }

  private static void prove(LoadedModel model, Blobs blobs, ModelGuard guard) {
    try {
      Proof.of(model, blobs, guard.limits().maxRun());
      model.chain.prove();
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
