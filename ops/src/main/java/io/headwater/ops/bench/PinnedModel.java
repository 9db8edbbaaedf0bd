package io.headwater.ops.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headwater.model.featurise.Features;
import io.headwater.model.onnx.SegmentGraphs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.runtime.Ort;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A network from one row of floats to one probability, as one session over input and output tensors
 * that are made once for full batches: the quickest way by hand.
 *
 * <p>Confined to one thread at a time.
 */
final class PinnedModel implements AutoCloseable {
  private final OrtSession session;
  private final String input;
  private final String output;
  private final int width;
  private final int capacity;
  private final FloatBuffer rows;
  private final FloatBuffer answers;
  private final OnnxTensor fullRows;
  private final OnnxTensor fullAnswers;

  PinnedModel(ModelPackage version, int capacity) {
    Manifest manifest = version.manifest();
    List<TensorSpec> inputs = Segments.inputs(manifest.getSegments());
    if (inputs.size() != 1 || manifest.getOutput() != OutputKind.PROBABILITY) {
      throw new IllegalArgumentException("one row of floats and one probability are wanted");
    }
    this.input = inputs.get(0).getName();
    this.output = manifest.getScored();
    this.width = Math.toIntExact(inputs.get(0).getDims().get(1));
    this.capacity = capacity;
    this.rows = floats(capacity * width);
    this.answers = floats(capacity);
    try {
      this.session =
          Ort.session(
              SegmentGraphs.assemble(manifest.getSegments(), version.blobs(), Set.of(output)));
      this.fullRows = tensor(rows, capacity, width);
      this.fullAnswers = tensor(answers, capacity, 1);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses the measured model", e);
    }
  }

  /** Probabilities of both labels, a row per event; at most {@code capacity} events. */
  float[][] run(List<Features> batch) {
    for (int i = 0; i < batch.size(); i++) {
      rows.put(i * width, batch.get(i).numbers());
    }
    try {
      if (batch.size() == capacity) {
        run(fullRows, fullAnswers);
      } else {
        try (OnnxTensor some = tensor(rows, batch.size(), width);
            OnnxTensor answered = tensor(answers, batch.size(), 1)) {
          run(some, answered);
        }
      }
    } catch (OrtException e) {
      throw new IllegalStateException("the measured model fails", e);
    }
    float[][] probabilities = new float[batch.size()][];
    for (int i = 0; i < probabilities.length; i++) {
      float second = answers.get(i);
      probabilities[i] = new float[] {1 - second, second};
    }
    return probabilities;
  }

  private void run(OnnxTensor from, OnnxTensor to) throws OrtException {
    session.run(Map.of(input, from), Set.of(), Map.of(output, to)).close();
  }

  private static OnnxTensor tensor(FloatBuffer memory, int batch, int width) throws OrtException {
    FloatBuffer part = memory.duplicate().limit(batch * width);
    return OnnxTensor.createTensor(Ort.environment(), part, new long[] {batch, width});
  }

  private static FloatBuffer floats(int count) {
    return ByteBuffer.allocateDirect(count * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  @Override
  public void close() {
    fullRows.close();
    fullAnswers.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime can't close a session", e);
    }
  }
}
