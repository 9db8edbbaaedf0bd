package io.headwater.trainer.verify;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.headwater.trainer.gradient.CurrentForm;
import io.headwater.trainer.gradient.GradientException;
import io.headwater.trainer.gradient.GradientGraph;
import io.headwater.trainer.gradient.Shapes;
import io.headwater.trainer.gradient.Tensors;
import io.headwater.trainer.tune.ShapeProbe;
import io.headwater.trainer.tune.TrainableWeights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;

/**
 * Whether a model can be trained, how deep, and how well its gradient agrees with finite
 * differences on random inputs.
 *
 * @param weights how many weight tensors the model has that training might change
 * @param trained names of those that a gradient reaches
 * @param values how many numbers those hold
 * @param obstacles why the others stay frozen, the nearest to the output first
 * @param error the gradient's relative error along its own direction, over all trained weights at
 *     once, at the best of several step sizes; empty where none is trained
 */
public record GradientCheck(
    int weights, List<String> trained, long values, List<String> obstacles, OptionalDouble error) {
  /** A larger relative error counts as a wrong gradient: several times what float32 explains. */
  public static final double TOLERANCE = 2e-3;

  /** By how much of its own length a step is to move the output. */
  private static final double[] STEPS = {0.1, 0.03, 0.01, 0.003, 0.001, 0.0003};

  public GradientCheck {
    trained = List.copyOf(trained);
    obstacles = List.copyOf(obstacles);
  }

  /** Whether something can be trained and its gradient is right. */
  public boolean passed() {
    return error.isPresent() && error.getAsDouble() <= TOLERANCE;
  }

  /**
   * Checks a model.
   *
   * @param model an ONNX file; its inputs are filled with random numbers, and free dimensions with
   *     small sizes
   * @throws GradientException where the bytes are no model whose form is known
   * @throws io.headwater.model.runtime.InferenceException where ONNX Runtime can't run it
   */
  public static GradientCheck of(byte[] model) {
    try {
      return of(ModelProto.parseFrom(model));
    } catch (InvalidProtocolBufferException e) {
      throw new GradientException("the bytes are no ONNX model: " + e.getMessage());
    }
  }

  static GradientCheck of(ModelProto original) {
    ModelProto model = SampleInputs.fixed(CurrentForm.of(original), new Random(1));
    GraphProto graph = model.getGraph();
    Map<String, TensorProto> weights = TrainableWeights.of(graph);
    SampleInputs.names(original).forEach(weights::remove);
    String output = beforeSoftmax(original.getGraph());
    Shapes shapes = ShapeProbe.of(model, Map.of(), Map.of());
    Set<String> wanted = new LinkedHashSet<>(weights.keySet());
    List<String> obstacles = new ArrayList<>();
    while (!wanted.isEmpty()) {
      try {
        GradientGraph both = GradientGraph.of(model, shapes, output, wanted);
        return compared(weights, both, model, shapes, obstacles);
      } catch (GradientException e) {
        obstacles.add(String.valueOf(e.getMessage()));
        Set<String> above = e.at().map(node -> above(graph, node)).orElse(wanted);
        if (!wanted.removeAll(Set.copyOf(above))) {
          wanted.clear();
        }
      }
    }
    return new GradientCheck(weights.size(), List.of(), 0, obstacles, OptionalDouble.empty());
  }

  private static GradientCheck compared(
      Map<String, TensorProto> weights,
      GradientGraph both,
      ModelProto model,
      Shapes shapes,
      List<String> obstacles) {
    Map<String, float[]> at = new LinkedHashMap<>();
    Map<String, long[]> dims = new HashMap<>();
    long values = 0;
    for (Map.Entry<String, TensorProto> weight : weights.entrySet()) {
      if (both.gradients().containsKey(weight.getKey())) {
        float[] floats = Tensors.floats(weight.getValue());
        values += floats.length;
        at.put(weight.getKey(), floats);
        dims.put(weight.getKey(), Tensors.dims(weight.getValue()));
      }
    }
    List<String> trained = List.copyOf(at.keySet());
    OptionalDouble error =
        trained.isEmpty()
            ? OptionalDouble.empty()
            : OptionalDouble.of(error(both, model, shapes, at, dims));
    return new GradientCheck(weights.size(), trained, values, obstacles, error);
  }

  private static double error(
      GradientGraph both,
      ModelProto model,
      Shapes shapes,
      Map<String, float[]> at,
      Map<String, long[]> dims) {
    long[] shape = shapes.dims().getOrDefault(both.output(), new long[0]);
    float[] seed = new float[Tensors.size(shape)];
    Random random = new Random(2);
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (float) random.nextGaussian();
    }
    Map<String, float[]> inputs = new HashMap<>(at);
    inputs.put(both.seed(), seed);
    dims.put(both.seed(), shape);
    Map<String, float[]> gradient = new HashMap<>();
    double length;
    try (FloatRun run = new FloatRun(both.model())) {
      Map<String, FloatRun.Answer> answers = run.run(inputs, dims);
      length = length(List.of(FloatRun.of(answers, both.output()).values()));
      both.gradients()
          .forEach((weight, name) -> gradient.put(weight, FloatRun.of(answers, name).values()));
    }
    double norm = length(gradient.values());
    if (norm == 0 || !Double.isFinite(norm)) {
      return Double.POSITIVE_INFINITY;
    }
    double best = Double.POSITIVE_INFINITY;
    try (FloatRun run = new FloatRun(forward(model, both.output(), at.keySet()))) {
      for (double share : STEPS) {
        double step = share * length / norm;
        double up = product(run, both.output(), seed, moved(at, gradient, step / norm), dims);
        double down = product(run, both.output(), seed, moved(at, gradient, -step / norm), dims);
        best = Math.min(best, Math.abs((up - down) / (2 * step) - norm) / norm);
      }
    }
    return best;
  }

  private static double length(Iterable<float[]> parts) {
    double square = 0;
    for (float[] part : parts) {
      for (float value : part) {
        square += (double) value * value;
      }
    }
    return Math.sqrt(square);
  }

  private static Map<String, float[]> moved(
      Map<String, float[]> at, Map<String, float[]> along, double by) {
    Map<String, float[]> moved = new HashMap<>();
    at.forEach(
        (name, values) -> {
          float[] direction = along.getOrDefault(name, new float[values.length]);
          float[] there = new float[values.length];
          for (int i = 0; i < there.length; i++) {
            there[i] = (float) (values[i] + by * direction[i]);
          }
          moved.put(name, there);
        });
    return moved;
  }

  private static double product(
      FloatRun run,
      String output,
      float[] seed,
      Map<String, float[]> at,
      Map<String, long[]> dims) {
    float[] values = run.output(at, dims, output);
    double product = 0;
    for (int i = 0; i < seed.length; i++) {
      product += (double) values[i] * seed[i];
    }
    return product;
  }

  private static ModelProto forward(ModelProto model, String output, Set<String> inputs) {
    GraphProto.Builder graph =
        model.getGraph().toBuilder().clearOutput().clearInput().clearInitializer();
    graph.addOutput(ValueInfoProto.newBuilder().setName(output));
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (inputs.contains(tensor.getName())) {
        graph.addInput(Tensors.value(tensor.getName(), Tensors.FLOAT, Tensors.dims(tensor)));
      } else {
        graph.addInitializer(tensor);
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  /** The first output, or what goes into the softmax that makes it, by another name or not. */
  private static String beforeSoftmax(GraphProto graph) {
    String output = graph.getOutput(0).getName();
    String named = output;
    List<NodeProto> nodes = graph.getNodeList();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      NodeProto node = nodes.get(i);
      if (!node.getOutputList().contains(named)) {
        continue;
      }
      if (node.getOpType().endsWith("Softmax")) {
        return node.getInput(0);
      }
      if (!node.getOpType().equals("Identity")) {
        return output;
      }
      named = node.getInput(0);
    }
    return output;
  }

  /** Every value that a value is made from. */
  private static Set<String> above(GraphProto graph, String value) {
    Set<String> above = new HashSet<>(Set.of(value));
    List<NodeProto> nodes = graph.getNodeList();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (nodes.get(i).getOutputList().stream().anyMatch(above::contains)) {
        above.addAll(nodes.get(i).getInputList());
      }
    }
    return above;
  }
}
