package io.headwater.trainer.tune;

import ai.onnxruntime.OnnxTensor;
import io.headwater.model.runtime.Crossing;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Batches of activations in one buffer: input behind input, and in each row behind row. */
final class Activations {
  private Activations() {}

  /** Copies rows of one shape into the front of the buffer. */
  static void lay(
      TrainingSet set, int[] rows, int from, int count, Crossing.Shape shape, FloatBuffer into) {
    int inRow = 0;
    for (int input = 0; input < shape.inputs().size(); input++) {
      int size = shape.size(input);
      for (int i = 0; i < count; i++) {
        into.put(inRow * count + i * size, set.activations()[rows[from + i]], inRow, size);
      }
      inRow += size;
    }
  }

  /** Tensors of each input over the buffer; the caller closes them. */
  static Map<String, OnnxTensor> tensors(
      GraphSession session, HeadGraph head, Crossing.Shape shape, int count, FloatBuffer buffer) {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    List<long[]> dims = head.dims(shape, count);
    int at = 0;
    for (int input = 0; input < dims.size(); input++) {
      int size = shape.size(input) * count;
      tensors.put(head.inputs().get(input), session.over(buffer.slice(at, size), dims.get(input)));
      at += size;
    }
    return tensors;
  }
}
