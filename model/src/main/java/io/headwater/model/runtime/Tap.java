package io.headwater.model.runtime;

import io.headwater.model.pack.Segments;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.util.List;

/**
 * Where the head reads the backbone, and what it answers.
 *
 * @param activation name of the value [batch, width] that crosses from frozen to trainable
 * @param output name of the last segment's output [batch, labels]
 */
record Tap(String activation, int width, String output, int labels, OutputKind kind) {
  /**
   * Reads it off a manifest.
   *
   * @throws IllegalArgumentException where the version has no frozen prefix, no head, or a head
   *     that reads more than one value
   */
  static Tap of(Manifest manifest) {
    List<Segment> head = Segments.trainable(manifest);
    if (head.isEmpty() || Segments.frozen(manifest).isEmpty()) {
      throw new IllegalArgumentException(
          "the version needs a frozen segment and a trainable one behind it");
    }
    List<TensorSpec> inputs = head.get(0).getInputs();
    List<TensorSpec> outputs = head.get(head.size() - 1).getOutputs();
    if (inputs.size() != 1 || outputs.size() != 1) {
      throw new IllegalArgumentException("the head must read one value and answer one");
    }
    return new Tap(
        inputs.get(0).getName(),
        width(inputs.get(0)),
        outputs.get(0).getName(),
        manifest.getLabels().size(),
        manifest.getOutput());
  }

  /** Probabilities of a run's answer, a row per event. */
  float[][] probabilities(Chain.Values values, int batch) {
    float[][] rows = values.rows(output, batch, labels);
    for (float[] row : rows) {
      if (kind == OutputKind.LOGITS) {
        Rows.softmax(row);
      }
    }
    return rows;
  }

  private static int width(TensorSpec spec) {
    List<Long> dims = spec.getDims();
    if (dims.size() != 2 || dims.get(1) < 1) {
      throw new IllegalArgumentException(
          "the head's input '" + spec.getName() + "' must be [batch, width]; it is " + dims);
    }
    return Math.toIntExact(dims.get(1));
  }
}
