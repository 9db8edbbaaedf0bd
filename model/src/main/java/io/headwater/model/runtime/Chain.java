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
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A version's segments in at most two sessions, the frozen prefix and the trainable rest; the
 * second runs on the given inputs and on what the first answered.
 */
final class Chain implements AutoCloseable {
  private final List<SegmentSession> sessions;

  private Chain(List<SegmentSession> sessions) {
    this.sessions = sessions;
  }

  /**
   * Opens every part, or none.
   *
   * @param given names of the inputs that each run will bring
   * @param parts consecutive segments that run as one; empty ones are left out
   * @param answers the values that the whole answers with
   * @throws IllegalArgumentException where a segment reads what neither is given nor comes before
   */
  static Chain open(
      Set<String> given, List<List<Segment>> parts, Set<String> answers, Blobs blobs) {
    checkLinks(given, parts);
    List<SegmentSession> opened = new ArrayList<>();
    try {
      for (int i = 0; i < parts.size(); i++) {
        if (!parts.get(i).isEmpty()) {
          Set<String> outputs = outputs(parts, i, answers);
          opened.add(SegmentSession.open(parts.get(i), outputs, blobs));
        }
      }
      return new Chain(List.copyOf(opened));
    } catch (RuntimeException e) {
      opened.forEach(SegmentSession::close);
      throw e;
    }
  }

  private static void checkLinks(Set<String> given, List<List<Segment>> parts) {
    Set<String> known = new HashSet<>(given);
    for (List<Segment> part : parts) {
      for (Segment segment : part) {
        for (TensorSpec input : segment.getInputs()) {
          if (!known.contains(input.getName())) {
            throw new IllegalArgumentException(
                "segment '%s' reads '%s', which nothing before it gives"
                    .formatted(segment.getName(), input.getName()));
          }
        }
        segment.getOutputs().forEach(output -> known.add(output.getName()));
      }
    }
  }

  /** What of a part's values later parts read, and those of the answers that are the part's. */
  private static Set<String> outputs(List<List<Segment>> parts, int index, Set<String> answers) {
    Set<String> later = new HashSet<>(answers);
    for (List<Segment> part : parts.subList(index + 1, parts.size())) {
      for (Segment segment : part) {
        segment.getInputs().forEach(input -> later.add(input.getName()));
      }
    }
    Set<String> made = new TreeSet<>();
    for (Segment segment : parts.get(index)) {
      segment.getOutputs().forEach(output -> made.add(output.getName()));
    }
    made.retainAll(later);
    return made;
  }

  /** What a run answered, in native memory until closed. */
  static final class Values implements AutoCloseable {
    private final Map<String, OnnxTensor> tensors;
    private final List<OrtSession.Result> results = new ArrayList<>();

    Values(Map<String, OnnxTensor> given) {
      tensors = new HashMap<>(given);
    }

    /**
     * Rows of a float output [batch, ...], flattened.
     *
     * @param width values of a row, or {@link Tap#ANY}
     */
    Rows rows(String name, int batch, int width) {
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
    return run(sessions, given, options);
  }

  /** The same of the last part alone, on all that it reads. */
  Values runLast(Map<String, OnnxTensor> given, OrtSession.RunOptions options) {
    return run(sessions.subList(sessions.size() - 1, sessions.size()), given, options);
  }

  /** Whether there is a frozen prefix, and a version that has it passed its first runs. */
  boolean isPrefixProven() {
    return sessions.size() > 1 && sessions.get(0).isProven();
  }

  /** Takes note that the whole passed its first runs. */
  void prove() {
    sessions.forEach(SegmentSession::prove);
  }

  private static Values run(
      List<SegmentSession> sessions,
      Map<String, OnnxTensor> given,
      OrtSession.@Nullable RunOptions options) {
    Values values = new Values(given);
    try {
      for (SegmentSession session : sessions) {
        OrtSession.Result result = session.run(values.tensors, options);
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
    sessions.forEach(SegmentSession::close);
  }
}
