package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headwater.model.onnx.SegmentGraphs;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.OpenOnce;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive segments in ONNX Runtime as one graph; whoever opens equal ones while they are open
 * shares their session.
 *
 * <p>Safe for use by several threads. The session ends when the last that opened it closes it, none
 * of whom may be running it then.
 */
final class SegmentSession implements AutoCloseable {
  private record Key(String digest, List<TensorSpec> inputs, List<String> outputs) {}

  /** A session and what is known of it. */
  private static final class Opened {
    final OrtSession session;
    volatile boolean ran;
    volatile boolean proven;

    Opened(OrtSession session) {
      this.session = session;
    }

    void end() {
      try {
        session.close();
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime can't close a session", e);
      }
    }
  }

  private static final OpenOnce<Key, Opened> OPEN = new OpenOnce<>(Opened::end);

  private final String name;
  private final List<TensorSpec> inputs;
  private final OpenOnce<Key, Opened>.Hold hold;

  private SegmentSession(String name, List<TensorSpec> inputs, OpenOnce<Key, Opened>.Hold hold) {
    this.name = name;
    this.inputs = inputs;
    this.hold = hold;
  }

  /**
   * Opens segments; their blobs are fetched only where no equal ones are open.
   *
   * @param outputs what a run is to answer
   * @throws IllegalArgumentException where a graph is not as its segment says or ONNX Runtime
   *     refuses it
   * @throws io.headwater.model.pack.MissingBlobException where a blob can't be had
   */
  static SegmentSession open(List<Segment> segments, Set<String> outputs, Blobs blobs) {
    String name = name(segments);
    Key key =
        new Key(Segments.digest(segments), inputs(segments), outputs.stream().sorted().toList());
    return new SegmentSession(
        name,
        key.inputs(),
        OPEN.open(key, () -> new Opened(create(name, segments, outputs, blobs))));
  }

  /** How many sessions are open. */
  static int openCount() {
    return OPEN.size();
  }

  /**
   * Runs the segments on the inputs they declare, taken from {@code values}.
   *
   * @throws InferenceException where the run fails
   */
  OrtSession.Result run(Map<String, OnnxTensor> values, OrtSession.@Nullable RunOptions options) {
    Map<String, OnnxTensor> given = new HashMap<>();
    for (TensorSpec input : inputs) {
      OnnxTensor value = values.get(input.getName());
      if (value == null) {
        throw new InferenceException(name + " lacks its input '" + input.getName() + "'");
      }
      given.put(input.getName(), value);
    }
    try {
      Opened opened = hold.get();
      OrtSession.Result result =
          options == null ? opened.session.run(given) : opened.session.run(given, options);
      if (!opened.ran) {
        opened.ran = true;
      }
      return result;
    } catch (OrtException e) {
      throw new InferenceException(name + " failed to run: " + e.getCode(), e);
    }
  }

  /** Whether it has run, for anyone: the first run of a session is slow. */
  boolean hasRun() {
    return hold.get().ran;
  }

  /** Whether a version that it is a part of has passed its first runs. */
  boolean isProven() {
    return hold.get().proven;
  }

  void prove() {
    hold.get().proven = true;
  }

  @Override
  public void close() {
    hold.close();
  }

  private static OrtSession create(
      String name, List<Segment> segments, Set<String> outputs, Blobs blobs) {
    try {
      return Ort.session(SegmentGraphs.assemble(segments, blobs, outputs));
    } catch (OrtException e) {
      throw new IllegalArgumentException("ONNX Runtime refuses " + name + ": " + e.getMessage(), e);
    }
  }

  private static String name(List<Segment> segments) {
    String first = segments.get(0).getName();
    String last = segments.get(segments.size() - 1).getName();
    return segments.size() == 1
        ? "segment '" + first + "'"
        : "segments '" + first + "' to '" + last + "'";
  }

  /** What is read and not made within. */
  private static List<TensorSpec> inputs(List<Segment> segments) {
    Set<String> made = new HashSet<>();
    Map<String, TensorSpec> read = new LinkedHashMap<>();
    for (Segment segment : segments) {
      for (TensorSpec input : segment.getInputs()) {
        if (!made.contains(input.getName())) {
          read.putIfAbsent(input.getName(), input);
        }
      }
      segment.getOutputs().forEach(output -> made.add(output.getName()));
    }
    return List.copyOf(read.values());
  }
}
