package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import io.headwater.model.pack.Blobs;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Segments that run one after the other, each on the given inputs and on what those before it
 * answered.
 */
final class Chain implements AutoCloseable {
  private final List<SegmentSession> segments;

  private Chain(List<SegmentSession> segments) {
    this.segments = segments;
  }

  /**
   * Opens every segment, or none.
   *
   * @param given names of the inputs that each run will bring
   * @throws IllegalArgumentException where a segment reads what neither is given nor comes before
   */
  static Chain open(Set<String> given, List<Segment> chain, Blobs blobs) {
    Set<String> known = new HashSet<>(given);
    for (Segment segment : chain) {
      for (TensorSpec input : segment.getInputs()) {
        if (!known.contains(input.getName())) {
          throw new IllegalArgumentException(
              "segment '%s' reads '%s', which nothing before it gives"
                  .formatted(segment.getName(), input.getName()));
        }
      }
      segment.getOutputs().forEach(output -> known.add(output.getName()));
    }
    List<SegmentSession> opened = new ArrayList<>();
    try {
      for (Segment segment : chain) {
        opened.add(SegmentSession.open(segment, blobs));
      }
      return new Chain(List.copyOf(opened));
    } catch (RuntimeException e) {
      opened.forEach(SegmentSession::close);
      throw e;
    }
  }

  /** What a run answered, in native memory until closed. */
  static final class Values implements AutoCloseable {
    private final Map<String, OnnxTensor> tensors;
    private final List<OrtSession.Result> results = new ArrayList<>();

    private Values(Map<String, OnnxTensor> given) {
      tensors = new HashMap<>(given);
    }

    /** Rows of a float output [batch, width]. */
    float[][] rows(String name, int batch, int width) {
      OnnxTensor tensor = tensors.get(name);
      if (tensor == null) {
        throw new InferenceException("no segment answered '" + name + "'");
      }
      return Rows.read(name, tensor, batch, width);
    }

    @Override
    public void close() {
      results.forEach(OrtSession.Result::close);
    }
  }

  /**
   * Runs the chain; the caller closes what it answered.
   *
   * @throws InferenceException where a segment fails
   */
  Values run(Map<String, OnnxTensor> given) {
    return run(given, null);
  }

  /** The same, with options by which the run can be ended. */
  Values run(Map<String, OnnxTensor> given, OrtSession.@Nullable RunOptions options) {
    Values values = new Values(given);
    try {
      for (SegmentSession segment : segments) {
        OrtSession.Result result = segment.run(values.tensors, options);
        values.results.add(result);
        for (Map.Entry<String, OnnxValue> output : result) {
          if (output.getValue() instanceof OnnxTensor tensor) {
            values.tensors.put(output.getKey(), tensor);
          }
        }
      }
      return values;
    } catch (RuntimeException e) {
      values.close();
      throw e;
    }
  }

  @Override
  public void close() {
    segments.forEach(SegmentSession::close);
  }
}
