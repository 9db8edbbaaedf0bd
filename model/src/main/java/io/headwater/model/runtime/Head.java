package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import io.headwater.model.guard.ModelGuard;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The last segments of a version alone: from what crosses to them to probabilities.
 *
 * <p>Safe for use by several threads; must not be closed while one runs.
 */
public final class Head implements AutoCloseable {
  private static final int ROWS_PER_RUN = 1024;
  private static final int VALUES_PER_RUN = 1 << 24;

  private final String prefixDigest;
  private final List<TensorSpec> inputs;
  private final Tap tap;
  private final DecisionRule rule;
  private final Chain chain;

  private Head(
      String prefixDigest, List<TensorSpec> inputs, Tap tap, DecisionRule rule, Chain chain) {
    this.prefixDigest = prefixDigest;
    this.inputs = inputs;
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
    int trainable = Segments.trainableCount(version.manifest());
    if (trainable == 0) {
      throw new IllegalArgumentException("the version has no trainable segment");
    }
    return load(version, trainable);
  }

  /**
   * The same of as many trailing segments as are wished for.
   *
   * @param last how many
   */
  public static Head load(ModelPackage version, int last) {
    Manifest manifest = version.manifest();
    Tap tap = Tap.of(manifest);
    DecisionRule rule = DecisionRule.of(manifest);
    List<Segment> segments = Segments.last(manifest, last);
    List<TensorSpec> inputs = Segments.inputs(segments);
    Blobs blobs = ModelGuard.standard().check(version, segments);
    Chain chain =
        Chain.open(
            inputs.stream().map(TensorSpec::getName).collect(Collectors.toSet()),
            List.of(segments),
            Set.of(tap.output()),
            blobs);
    return new Head(Segments.digest(Segments.before(manifest, last)), inputs, tap, rule, chain);
  }

  /** Digest that names the segments whose answers this head reads. */
  public String prefixDigest() {
    return prefixDigest;
  }

  /** Whether one value of a fixed size crosses to it, as a score's activation holds it. */
  public boolean readsOneActivation() {
    List<Long> dims = inputs.get(0).getDims();
    return inputs.size() == 1
        && dims.subList(Math.min(1, dims.size()), dims.size()).stream().allMatch(dim -> dim > 0);
  }

  /**
   * How many values an activation has.
   *
   * @throws IllegalArgumentException where more than one value crosses, or one whose size varies
   */
  public int width() {
    return activation().size();
  }

  /**
   * Probabilities, one row per activation.
   *
   * @throws IllegalArgumentException where an activation has another width, or where more than one
   *     value crosses or one whose size varies
   * @throws InferenceException when the run fails or answers with a non-finite value
   */
  public float[][] probabilities(List<float[]> activations) {
    Crossing.Shape shape = activation();
    List<Crossing> rows = new ArrayList<>(activations.size());
    for (float[] row : activations) {
      if (row.length != shape.size()) {
        throw new IllegalArgumentException(
            "an activation has " + row.length + " values; the head reads " + shape.size());
      }
      rows.add(new Crossing(row, shape));
    }
    return answers(rows);
  }

  /**
   * Probabilities, one row for each of what crossed; rows of one shape run together.
   *
   * @throws InferenceException when the run fails or answers with a non-finite value
   */
  public float[][] answers(List<Crossing> rows) {
    Map<Crossing.Shape, List<Integer>> byShape = new LinkedHashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      byShape.computeIfAbsent(rows.get(i).shape(), shape -> new ArrayList<>()).add(i);
    }
    float[][] probabilities = new float[rows.size()][];
    byShape.forEach(
        (shape, places) -> {
          int most =
              Math.max(1, Math.min(ROWS_PER_RUN, VALUES_PER_RUN / Math.max(1, shape.size())));
          for (int from = 0; from < places.size(); from += most) {
            List<Integer> part = places.subList(from, Math.min(places.size(), from + most));
            float[][] answered = run(shape, part.stream().map(rows::get).toList());
            for (int i = 0; i < answered.length; i++) {
              probabilities[part.get(i)] = answered[i];
            }
          }
        });
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

  /** The one value of a fixed size that crosses. */
  private Crossing.Shape activation() {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          "the head reads "
              + inputs.stream().map(TensorSpec::getName).toList()
              + "; its activations aren't logged as one value");
    }
    List<Long> dims = inputs.get(0).getDims();
    List<Long> row = dims.subList(Math.min(1, dims.size()), dims.size());
    if (row.stream().anyMatch(dim -> dim < 0)) {
      throw new IllegalArgumentException(
          "the head reads '%s' %s, whose size varies from event to event"
              .formatted(inputs.get(0).getName(), dims));
    }
    return new Crossing.Shape(List.of(row));
  }

  private float[][] run(Crossing.Shape shape, List<Crossing> rows) {
    if (shape.inputs().size() != inputs.size()) {
      throw new IllegalArgumentException(
          "%d values crossed; the head reads %d".formatted(shape.inputs().size(), inputs.size()));
    }
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      int from = 0;
      for (int i = 0; i < inputs.size(); i++) {
        int size = shape.size(i);
        float[] values = new float[Math.multiplyExact(size, rows.size())];
        for (int row = 0; row < rows.size(); row++) {
          System.arraycopy(rows.get(row).values(), from, values, row * size, size);
        }
        from += size;
        long[] dims = new long[shape.inputs().get(i).size() + 1];
        dims[0] = rows.size();
        for (int axis = 1; axis < dims.length; axis++) {
          dims[axis] = shape.inputs().get(i).get(axis - 1);
        }
        tensors.put(inputs.get(i).getName(), Cells.tensor(inputs.get(i), values, dims));
      }
      try (Chain.Values values = chain.run(tensors)) {
        return tap.probabilities(values, rows.size());
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }
}
