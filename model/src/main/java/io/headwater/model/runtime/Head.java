package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.headwater.model.guard.ModelGuard;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The trainable segments of a version alone: from activations at the tap to probabilities.
 *
 * <p>Safe for use by several threads; must not be closed while one runs.
 */
public final class Head implements AutoCloseable {
  private static final int ROWS_PER_RUN = 1024;

  private final String prefixDigest;
  private final TensorSpec activation;
  private final Tap tap;
  private final DecisionRule rule;
  private final Chain chain;

  private Head(Manifest manifest, TensorSpec activation, Tap tap, DecisionRule rule, Chain chain) {
    this.prefixDigest = Segments.prefixDigest(manifest);
    this.activation = activation;
    this.tap = tap;
    this.rule = rule;
    this.chain = chain;
  }

  /**
   * Fetches and loads only the trainable segments.
   *
   * @throws IllegalArgumentException where they contradict the manifest or ONNX Runtime refuses
   *     them
   * @throws io.headwater.model.pack.MissingBlobException where a blob can't be had
   */
  public static Head load(ModelPackage version) {
    Manifest manifest = version.manifest();
    Tap tap = Tap.of(manifest);
    TensorSpec activation = tap.activation();
    if (activation == null || tap.width() == Tap.ANY) {
      throw new IllegalArgumentException(
          activation == null
              ? "the version has no head behind a frozen segment"
              : "the head reads '%s' %s, whose size varies from event to event"
                  .formatted(activation.getName(), activation.getDims()));
    }
    DecisionRule rule = DecisionRule.of(manifest);
    List<Segment> segments = Segments.trainable(manifest);
    Blobs blobs = ModelGuard.standard().check(version, segments);
    Chain chain =
        Chain.open(Set.of(activation.getName()), List.of(segments), manifest.getScored(), blobs);
    return new Head(manifest, activation, tap, rule, chain);
  }

  /** Digest that names the frozen prefix whose activations this head reads. */
  public String prefixDigest() {
    return prefixDigest;
  }

  /** How many values an activation has. */
  public int width() {
    return tap.width();
  }

  /**
   * Probabilities, one row per activation.
   *
   * @throws IllegalArgumentException where an activation has another width
   * @throws InferenceException when the run fails or answers with a non-finite value
   */
  public float[][] probabilities(List<float[]> activations) {
    float[][] probabilities = new float[activations.size()][];
    for (int from = 0; from < probabilities.length; from += ROWS_PER_RUN) {
      int to = Math.min(probabilities.length, from + ROWS_PER_RUN);
      float[][] part = run(activations.subList(from, to));
      System.arraycopy(part, 0, probabilities, from, part.length);
    }
    return probabilities;
  }

  /** The label that the manifest's thresholds decide for. */
  public String decide(float[] probabilities) {
    return rule.decide(probabilities);
  }

  @Override
  public void close() {
    chain.close();
  }

  private float[][] run(List<float[]> activations) {
    FloatBuffer rows =
        ByteBuffer.allocateDirect(Float.BYTES * tap.width() * activations.size())
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (float[] row : activations) {
      if (row.length != tap.width()) {
        throw new IllegalArgumentException(
            "an activation has " + row.length + " values; the head reads " + tap.width());
      }
      rows.put(row);
    }
    long[] shape = activation.getDims().stream().mapToLong(Long::longValue).toArray();
    shape[0] = activations.size();
    try (OnnxTensor tensor = OnnxTensor.createTensor(Ort.environment(), rows.flip(), shape);
        Chain.Values values = chain.run(Map.of(activation.getName(), tensor))) {
      return tap.probabilities(values, activations.size());
    } catch (OrtException e) {
      throw new InferenceException("activations can't be made into a tensor: " + e.getCode(), e);
    }
  }
}
