package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import io.headwater.model.onnx.SegmentGraphs;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import io.headwater.trainer.gradient.CurrentForm;
import io.headwater.trainer.gradient.Differentiability;
import io.headwater.trainer.gradient.Loss;
import io.headwater.trainer.gradient.Shapes;
import io.headwater.trainer.gradient.TrainingGraph;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/** Whether segments can be fine-tuned, and whether their gradients are right. */
public final class SegmentGradients {
  private static final int EVENTS = 4;
  private static final double[] STEPS = {0.1, 0.03, 0.01, 0.003};

  private SegmentGradients() {}

  /** Why a segment can't be fine-tuned, or empty where it can. */
  public static Optional<String> refusal(Segment segment, Blobs blobs) {
    return Differentiability.refusal(SegmentGraphs.skeleton(segment, blobs));
  }

  /**
   * Relative error of the trainable part's gradient against central differences of its loss along
   * the gradient itself, the best of several step sizes; on random activations and targets.
   *
   * @return empty where it does not read one float value of known dims, or answers with more than
   *     one row per event
   * @throws RuntimeException where it can't be differentiated
   */
  public static OptionalDouble error(ModelPackage version) {
    HeadGraph head = answering(version);
    if (head.inputs().size() != 1) {
      return OptionalDouble.empty();
    }
    List<Segment> segments = version.manifest().getSegments();
    TensorSpec read = segments.get(segments.size() - 1).getInputs().get(0);
    List<Long> dims = read.getDims();
    if (!read.getType().equals("float") || dims.subList(1, dims.size()).contains(-1L)) {
      return OptionalDouble.empty();
    }
    ModelProto model = CurrentForm.of(head.model());
    Shapes shapes =
        ShapeProbe.of(
            model, Map.of(head.input(), sized(dims, 2)), Map.of(head.input(), sized(dims, EVENTS)));
    String logits = head.logits();
    if (shapes.of(logits).length != 2) {
      return OptionalDouble.empty();
    }
    Map<String, float[]> weights = head.weights();
    TrainingGraph graph = TrainingGraph.of(model, shapes, logits, weights.keySet(), Loss.softmax());
    int classes = Math.toIntExact(shapes.of(logits)[1]);
    try (GraphSession session = GraphSession.open(graph.model())) {
      return OptionalDouble.of(
          new Differences(session, graph, weights, head.input(), sized(dims, EVENTS), classes)
              .error());
    }
  }

  /** Plain values are taken for logits, unless a softmax makes them. */
  private static HeadGraph answering(ModelPackage version) {
    HeadGraph head = HeadGraph.of(version);
    if (head.output() != OutputKind.VALUES) {
      return head;
    }
    boolean softmax =
        head.model().getGraph().getNodeList().stream()
            .anyMatch(
                node ->
                    node.getOutputList().contains(head.outputName())
                        && node.getOpType().equals("Softmax"));
    return new HeadGraph(head.model(), softmax ? OutputKind.PROBABILITIES : OutputKind.LOGITS);
  }

  private static long[] sized(List<Long> dims, int batch) {
    long[] sized = dims.stream().mapToLong(Long::longValue).toArray();
    sized[0] = batch;
    return sized;
  }

  /** Runs one training graph at weights moved along a direction. */
  private static final class Differences {
    private final GraphSession session;
    private final TrainingGraph graph;
    private final Map<String, float[]> weights;
    private final Map<String, OnnxTensor> fixed = new HashMap<>();

    Differences(
        GraphSession session,
        TrainingGraph graph,
        Map<String, float[]> weights,
        String input,
        long[] dims,
        int classes) {
      this.session = session;
      this.graph = graph;
      this.weights = weights;
      Random random = new Random(5);
      long size = 1;
      for (long dim : dims) {
        size *= dim;
      }
      FloatBuffer activations = GraphSession.direct(Math.toIntExact(size));
      for (int i = 0; i < size; i++) {
        activations.put(i, (float) random.nextGaussian());
      }
      FloatBuffer targets = GraphSession.direct(EVENTS * classes);
      FloatBuffer shares = GraphSession.direct(EVENTS);
      for (int i = 0; i < EVENTS; i++) {
        targets.put(i * classes + (i * 7) % classes, 1);
        shares.put(i, 1);
      }
      fixed.put(input, session.over(activations, dims));
      fixed.put(graph.targets(), session.over(targets, EVENTS, classes));
      fixed.put(graph.exampleWeights(), session.over(shares, EVENTS));
    }

    double error() {
      Map<String, float[]> gradient = new HashMap<>();
      run(0, Map.of(), gradient);
      double squares = 0;
      for (float[] values : gradient.values()) {
        for (float value : values) {
          squares += (double) value * value;
        }
      }
      double norm = Math.sqrt(squares);
      double best = Double.POSITIVE_INFINITY;
      for (double step : STEPS) {
        double ahead = run(step / norm, gradient, new HashMap<>());
        double behind = run(-step / norm, gradient, new HashMap<>());
        best = Math.min(best, Math.abs((ahead - behind) / (2 * step) - norm) / norm);
      }
      fixed.values().forEach(OnnxTensor::close);
      return norm == 0 ? Double.NaN : best;
    }

    private double run(
        double along, Map<String, float[]> direction, Map<String, float[]> gradients) {
      Map<String, OnnxTensor> inputs = new HashMap<>(fixed);
      List<OnnxTensor> moved = new ArrayList<>();
      for (TrainingGraph.TrainedWeight weight : graph.trained()) {
        float[] values = weights.getOrDefault(weight.name(), new float[0]);
        float[] towards = direction.getOrDefault(weight.name(), new float[values.length]);
        FloatBuffer buffer = GraphSession.direct(values.length);
        for (int i = 0; i < values.length; i++) {
          buffer.put(i, (float) (values[i] + along * towards[i]));
        }
        OnnxTensor tensor = session.over(buffer, weight.dims());
        moved.add(tensor);
        inputs.put(weight.name(), tensor);
      }
      try (OrtSession.Result result = session.run(inputs)) {
        for (TrainingGraph.TrainedWeight weight : graph.trained()) {
          gradients.put(weight.name(), floats(result, weight.gradient()));
        }
        return floats(result, graph.loss())[0];
      } finally {
        moved.forEach(OnnxTensor::close);
      }
    }

    private static float[] floats(OrtSession.Result result, String name) {
      OnnxValue value = result.get(name).orElseThrow();
      FloatBuffer buffer = ((OnnxTensor) value).getFloatBuffer();
      float[] floats = new float[buffer.remaining()];
      buffer.get(floats);
      return floats;
    }
  }
}
