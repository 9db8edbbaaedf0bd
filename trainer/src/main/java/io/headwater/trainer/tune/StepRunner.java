package io.headwater.trainer.tune;

import ai.onnxruntime.OnnxTensor;
import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.gradient.Tensors;
import io.headwater.trainer.gradient.TrainingGraph;
import io.headwater.trainer.gradient.TrainingGraph.TrainedWeight;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a training graph batch by batch: weights go in and gradients come out through buffers that
 * ONNX Runtime reads and writes in place.
 *
 * <p>Not safe for use by several threads.
 */
final class StepRunner implements AutoCloseable {
  private final TrainingGraph graph;
  private final HeadGraph head;
  private final int classes;
  private final int maxBatch;
  private final GraphSession session;
  private final FloatBuffer activations;
  private final FloatBuffer targets;
  private final FloatBuffer exampleWeights;
  private final FloatBuffer loss = GraphSession.direct(1);
  private final Map<String, FloatBuffer> weights = new HashMap<>();
  private final Map<String, FloatBuffer> gradients = new HashMap<>();
  private final Map<String, OnnxTensor> weightTensors = new HashMap<>();
  private final Map<String, OnnxTensor> outputs = new HashMap<>();
  private final Map<Batch, Map<String, OnnxTensor>> batches = new HashMap<>();

  private record Batch(int count, Crossing.Shape shape) {}

  /**
   * Opens a training graph.
   *
   * @param width most values that an example's activations have
   */
  StepRunner(TrainingGraph graph, HeadGraph head, int width, int classes, int maxBatch) {
    this.graph = graph;
    this.head = head;
    this.maxBatch = maxBatch;
    this.classes = classes;
    this.session = GraphSession.open(graph.model());
    this.activations = GraphSession.direct(Math.multiplyExact(maxBatch, width));
    this.targets = GraphSession.direct(Math.multiplyExact(maxBatch, classes));
    this.exampleWeights = GraphSession.direct(maxBatch);
    outputs.put(graph.loss(), session.over(loss));
    for (TrainedWeight weight : graph.trained()) {
      int size = Tensors.size(weight.dims());
      FloatBuffer values = GraphSession.direct(size);
      FloatBuffer gradient = GraphSession.direct(size);
      weights.put(weight.name(), values);
      gradients.put(weight.name(), gradient);
      weightTensors.put(weight.name(), session.over(values, weight.dims()));
      outputs.put(weight.gradient(), session.over(gradient, weight.dims()));
    }
  }

  /** The most examples that one run takes. */
  int maxBatch() {
    return maxBatch;
  }

  List<TrainedWeight> trained() {
    return graph.trained();
  }

  void setWeight(String name, float[] values) {
    buffer(weights, name).put(0, values);
  }

  /** Copies the gradient that the last run left. */
  void gradient(String name, float[] into) {
    buffer(gradients, name).get(0, into);
  }

  /**
   * Runs forward and backward over some rows of a set.
   *
   * @param smoothing of the targets
   * @param rows which rows, {@code count} of them from {@code from} on, all of one shape
   * @return the batch's loss
   */
  float run(TrainingSet set, int[] rows, int from, int count, double smoothing) {
    float[] target = new float[classes];
    Crossing.Shape shape = set.shapes().get(rows[from]);
    Activations.lay(set, rows, from, count, shape, activations);
    for (int i = 0; i < count; i++) {
      int row = rows[from + i];
      set.targets().row(row, target, smoothing);
      targets.put(i * classes, target);
      exampleWeights.put(i, set.weights()[row]);
    }
    Map<String, OnnxTensor> inputs = new HashMap<>(weightTensors);
    inputs.putAll(batches.computeIfAbsent(new Batch(count, shape), this::batch));
    session.run(inputs, outputs);
    return loss.get(0);
  }

  private Map<String, OnnxTensor> batch(Batch batch) {
    Map<String, OnnxTensor> tensors =
        Activations.tensors(session, head, batch.shape(), batch.count(), activations);
    tensors.put(graph.targets(), session.over(targets, batch.count(), classes));
    tensors.put(graph.exampleWeights(), session.over(exampleWeights, batch.count()));
    return tensors;
  }

  private static FloatBuffer buffer(Map<String, FloatBuffer> buffers, String name) {
    FloatBuffer buffer = buffers.get(name);
    if (buffer == null) {
      throw new IllegalArgumentException("'" + name + "' is not a trained weight");
    }
    return buffer;
  }

  @Override
  public void close() {
    weightTensors.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
    batches.values().forEach(batch -> batch.values().forEach(OnnxTensor::close));
    session.close();
  }
}
