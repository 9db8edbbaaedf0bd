package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
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
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A version's leading segments: from an event to what crosses to the last ones.
 *
 * <p>Events run one by one, texts padded to the next multiple of 16 tokens, so that what crosses is
 * a function of the event and the segments alone, whatever ran before or beside it.
 *
 * <p>Safe for use by several threads; must not be closed while one runs.
 */
public final class Prefix implements AutoCloseable {
  private static final int TOKENS = 16;

  private final String digest;
  private final Featuriser featuriser;
  private final List<TensorSpec> crossing;
  private final @Nullable SegmentSession session;

  private Prefix(
      String digest,
      Featuriser featuriser,
      List<TensorSpec> crossing,
      @Nullable SegmentSession session) {
    this.digest = digest;
    this.featuriser = featuriser;
    this.crossing = crossing;
    this.session = session;
  }

  /**
   * Fetches and loads all segments but the last.
   *
   * @param last how many are left out
   * @throws IllegalArgumentException where they contradict the manifest or ONNX Runtime refuses
   *     them
   * @throws io.headwater.model.pack.MissingBlobException where a blob can't be had
   */
  public static Prefix open(ModelPackage version, int last) {
    Manifest manifest = version.manifest();
    List<Segment> segments = Segments.before(manifest, last);
    List<TensorSpec> crossing = Segments.inputs(Segments.last(manifest, last));
    Blobs blobs =
        segments.isEmpty() ? version.blobs() : ModelGuard.standard().check(version, segments);
    Featuriser featuriser =
        Featuriser.open(
            manifest.getFeatures(), Segments.inputs(manifest.getSegments()), version.blobs());
    try {
      TreeSet<String> made = new TreeSet<>();
      for (Segment segment : segments) {
        segment.getOutputs().forEach(output -> made.add(output.getName()));
      }
      made.retainAll(crossing.stream().map(TensorSpec::getName).toList());
      return new Prefix(
          Segments.digest(segments),
          featuriser,
          crossing,
          made.isEmpty() ? null : SegmentSession.open(segments, made, blobs));
    } catch (RuntimeException e) {
      featuriser.close();
      throw e;
    }
  }

  /** Digest that names the segments: equal ones give equal crossings. */
  public String digest() {
    return digest;
  }

  /**
   * What crosses for an event.
   *
   * @throws FeatureException where the event can't be featurised
   * @throws InferenceException where the run fails, or what crosses can't be held
   */
  public Crossing run(JsonNode event) throws FeatureException {
    return run(featuriser.featurise(event));
  }

  /** The same from features of the same version. */
  public Crossing run(Features event) {
    InputLayout layout = featuriser.layout();
    try (InputBatch inputs = InputBatch.of(layout, List.of(event), TOKENS)) {
      Map<String, OnnxTensor> values = new HashMap<>(inputs.tensors());
      if (session == null) {
        return crossing(values);
      }
      try (OrtSession.Result result = session.run(values, null)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          if (output.getValue() instanceof OnnxTensor tensor) {
            values.put(output.getKey(), tensor);
          }
        }
        return crossing(values);
      }
    }
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
    featuriser.close();
  }

  private Crossing crossing(Map<String, OnnxTensor> values) {
    List<float[]> parts = new ArrayList<>();
    List<List<Long>> dims = new ArrayList<>();
    int size = 0;
    for (TensorSpec spec : crossing) {
      OnnxTensor tensor = values.get(spec.getName());
      if (tensor == null) {
        throw new InferenceException("no segment gives '" + spec.getName() + "'");
      }
      long[] shape = tensor.getInfo().getShape();
      if (shape.length == 0 || shape[0] != 1) {
        throw new InferenceException(
            "'" + spec.getName() + "' has no batch axis and can't cross to trained segments");
      }
      List<Long> row = new ArrayList<>();
      for (int i = 1; i < shape.length; i++) {
        row.add(shape[i]);
      }
      dims.add(row);
      float[] part = Cells.read(spec.getName(), tensor);
      parts.add(part);
      size += part.length;
    }
    float[] all = new float[size];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return new Crossing(all, new Crossing.Shape(dims));
  }
}
