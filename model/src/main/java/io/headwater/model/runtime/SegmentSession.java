package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headwater.model.onnx.SegmentGraphs;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One segment in ONNX Runtime; whoever opens an equal segment while it is open shares its session.
 *
 * <p>Safe for use by several threads. The session ends when the last that opened it closes it, none
 * of whom may be running it then.
 */
final class SegmentSession implements AutoCloseable {
  private record Key(String digest, List<TensorSpec> inputs, List<TensorSpec> outputs) {}

  private static final class Shared {
    int openers;
    @Nullable OrtSession session;
  }

  private static final Map<Key, Shared> OPEN = new HashMap<>();

  private final Segment segment;
  private final Key key;
  private final OrtSession session;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SegmentSession(Segment segment, Key key, OrtSession session) {
    this.segment = segment;
    this.key = key;
    this.session = session;
  }

  /**
   * Opens a segment; its blobs are fetched only where no equal one is open.
   *
   * @throws IllegalArgumentException where its graph is not as the segment says or ONNX Runtime
   *     refuses it
   * @throws io.headwater.model.pack.MissingBlobException where a blob can't be had
   */
  static SegmentSession open(Segment segment, Blobs blobs) {
    Key key =
        new Key(
            Segments.digest(List.of(segment)),
            List.copyOf(segment.getInputs()),
            List.copyOf(segment.getOutputs()));
    Shared shared;
    synchronized (OPEN) {
      shared = OPEN.computeIfAbsent(key, absent -> new Shared());
      shared.openers++;
    }
    boolean opened = false;
    try {
      // Others that open the same segment wait here; those of other segments don't.
      synchronized (shared) {
        if (shared.session == null) {
          shared.session = create(segment, blobs);
        }
        opened = true;
        return new SegmentSession(segment, key, shared.session);
      }
    } finally {
      if (!opened) {
        release(key);
      }
    }
  }

  /** How many sessions are open. */
  static int openCount() {
    synchronized (OPEN) {
      return OPEN.size();
    }
  }

  Segment segment() {
    return segment;
  }

  /**
   * Runs the segment on the inputs it declares, taken from {@code values}.
   *
   * @throws InferenceException where the run fails
   */
  OrtSession.Result run(Map<String, OnnxTensor> values, OrtSession.@Nullable RunOptions options) {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    for (TensorSpec input : segment.getInputs()) {
      OnnxTensor value = values.get(input.getName());
      if (value == null) {
        throw new InferenceException(
            "segment '" + segment.getName() + "' lacks its input '" + input.getName() + "'");
      }
      inputs.put(input.getName(), value);
    }
    try {
      return options == null ? session.run(inputs) : session.run(inputs, options);
    } catch (OrtException e) {
      throw new InferenceException(
          "segment '" + segment.getName() + "' failed to run: " + e.getCode(), e);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release(key);
    }
  }

  private static OrtSession create(Segment segment, Blobs blobs) {
    try {
      return Ort.session(SegmentGraphs.assemble(segment, blobs));
    } catch (OrtException e) {
      throw new IllegalArgumentException(
          "ONNX Runtime refuses segment '" + segment.getName() + "': " + e.getMessage(), e);
    }
  }

  private static void release(Key key) {
    OrtSession unused = null;
    synchronized (OPEN) {
      Shared shared = OPEN.get(key);
      if (shared != null && --shared.openers == 0) {
        OPEN.remove(key);
        unused = shared.session;
      }
    }
    if (unused != null) {
      try {
        unused.close();
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime can't close a session", e);
      }
    }
  }
}
