package io.headwater.trainer.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headwater.model.runtime.Ort;
import io.headwater.trainer.tune.ShapeProbe;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;

/**
 * Checks an operator's gradient against central differences of sum(y * r), for a random r.
 *
 * <p>The best of several step sizes counts: a large one errs by curvature, a small one by rounding.
 * Inputs hold distinct, evenly spread values, so that kinks lie far from every perturbation.
 */
final class FiniteDifferences {
  private static final float[] STEPS = {8e-3f, 4e-3f, 2e-3f};
  private static final double TOLERANCE = 3e-3;

  private final Random random = new Random(7);
  private final Map<String, long[]> dims = new LinkedHashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("forward");
  private final Emitter forward = new Emitter(GraphProto.getDefaultInstance());
  private boolean freeBatch;
  private int opset = CurrentForm.OPSET;

  /** Declares an input with values in (from, to). */
  String input(double from, double to, long... shape) {
    String name = "x" + dims.size();
    forward.fresh(name);
    float[] spread = new float[Tensors.size(shape)];
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < spread.length; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    for (int i = 0; i < spread.length; i++) {
      spread[i] = (float) (from + (to - from) * (order.get(i) + 0.5) / spread.length);
    }
    dims.put(name, shape);
    values.put(name, spread);
    return name;
  }

  /** The first axis of every input is then known only at run time. */
  FiniteDifferences withFreeBatch() {
    freeBatch = true;
    return this;
  }

  /** The forward graph is of another opset, which {@link CurrentForm} lifts. */
  FiniteDifferences withOpset(int version) {
    opset = version;
    return this;
  }

  Emitter emit() {
    return forward;
  }

  /** Differentiates y with respect to every input and compares. */
  void check(String y) {
    Map<String, long[]> larger = new LinkedHashMap<>();
    for (Map.Entry<String, long[]> input : dims.entrySet()) {
      long[] shape = input.getValue().clone();
      long[] declared = input.getValue().clone();
      if (freeBatch) {
        shape[0]++;
        declared[0] = Shapes.FREE;
      }
      larger.put(input.getKey(), shape);
      graph.addInput(Tensors.value(input.getKey(), Tensors.FLOAT, declared));
    }
    graph.addAllNode(forward.nodes());
    forward.constants().forEach(graph::addInitializer);
    graph.addOutput(ValueInfoProto.newBuilder().setName(y));
    ModelProto original = model(graph.build());
    ModelProto current = CurrentForm.of(original);
    Shapes shapes = ShapeProbe.of(current, dims, larger);

    Emitter emit = new Emitter(current.getGraph());
    String seed = emit.fresh("seed");
    Map<String, String> gradients =
        ReverseSweep.gradients(current.getGraph(), shapes, emit, dims.keySet(), y, seed);
    assertThat(gradients).containsOnlyKeys(dims.keySet());
    GraphProto.Builder backward = current.getGraph().toBuilder();
    emit.constants().forEach(backward::addInitializer);
    backward.addInput(Tensors.value(seed, Tensors.FLOAT, shapes.of(y)));
    Map<String, String> outputs = new HashMap<>();
    for (Map.Entry<String, String> gradient : gradients.entrySet()) {
      String output =
          emit.named(
              emit.fresh("gradient of " + gradient.getKey()),
              "Identity",
              List.of(gradient.getValue()));
      outputs.put(gradient.getKey(), output);
      backward.addOutput(ValueInfoProto.newBuilder().setName(output));
    }
    backward.addAllNode(emit.nodes());
    ModelProto both = current.toBuilder().setGraph(backward).build();
    compare(original, y, seed, both, outputs);
  }

  private void compare(
      ModelProto original, String y, String seed, ModelProto model, Map<String, String> outputs) {
    OrtEnvironment environment = Ort.environment();
    try (OrtSession session = environment.createSession(model.toByteArray())) {
      float[] r;
      float[] forward;
      long[] shape;
      try (OrtSession only = environment.createSession(original.toByteArray());
          OrtSession.Result result = only.run(tensors(environment))) {
        OnnxTensor answer = (OnnxTensor) result.get(0);
        shape = answer.getInfo().getShape();
        forward = floats(answer);
        r = new float[forward.length];
      }
      for (int i = 0; i < r.length; i++) {
        r[i] = random.nextFloat() * 2 - 1;
      }
      Map<String, OnnxTensor> inputs = tensors(environment);
      inputs.put(seed, OnnxTensor.createTensor(environment, FloatBuffer.wrap(r), shape));
      Map<String, float[]> actual = new HashMap<>();
      try (OrtSession.Result result = session.run(inputs)) {
        assertThat(floats((OnnxTensor) result.get(y).orElseThrow()))
            .as("value in current form")
            .containsExactly(forward, Offset.offset(1e-4f));
        for (Map.Entry<String, String> output : outputs.entrySet()) {
          OnnxTensor gradient = (OnnxTensor) result.get(output.getValue()).orElseThrow();
          assertThat(gradient.getInfo().getShape())
              .as("shape of the gradient of " + output.getKey())
              .isEqualTo(dims.get(output.getKey()));
          actual.put(output.getKey(), floats(gradient));
        }
      }
      for (String name : dims.keySet()) {
        compare(environment, session, seed, r, shape, y, name, actual.getOrDefault(name, r));
      }
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  private void compare(
      OrtEnvironment environment,
      OrtSession session,
      String seed,
      float[] r,
      long[] shape,
      String y,
      String name,
      float[] actual)
      throws OrtException {
    double best = Double.POSITIVE_INFINITY;
    for (float step : STEPS) {
      double worst = 0;
      double scale = 1e-3;
      float[] x = values.getOrDefault(name, new float[0]);
      for (int i = 0; i < x.length; i++) {
        float old = x[i];
        x[i] = old + step;
        double up = dot(environment, session, seed, r, shape, y);
        double above = x[i];
        x[i] = old - step;
        double down = dot(environment, session, seed, r, shape, y);
        double below = x[i];
        x[i] = old;
        double expected = (up - down) / (above - below);
        worst = Math.max(worst, Math.abs(expected - actual[i]));
        scale = Math.max(scale, Math.abs(expected));
      }
      best = Math.min(best, worst / scale);
    }
    assertThat(best).as("relative error of the gradient of " + name).isLessThan(TOLERANCE);
  }

  private double dot(
      OrtEnvironment environment,
      OrtSession session,
      String seed,
      float[] r,
      long[] shape,
      String y)
      throws OrtException {
    Map<String, OnnxTensor> inputs = tensors(environment);
    inputs.put(seed, OnnxTensor.createTensor(environment, FloatBuffer.wrap(r), shape));
    try (OrtSession.Result result = session.run(inputs)) {
      float[] answer = floats((OnnxTensor) result.get(y).orElseThrow());
      double dot = 0;
      for (int i = 0; i < answer.length; i++) {
        dot += (double) answer[i] * r[i];
      }
      return dot;
    }
  }

  private Map<String, OnnxTensor> tensors(OrtEnvironment environment) throws OrtException {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    for (Map.Entry<String, float[]> input : values.entrySet()) {
      tensors.put(
          input.getKey(),
          OnnxTensor.createTensor(
              environment, FloatBuffer.wrap(input.getValue()), dims.get(input.getKey())));
    }
    return tensors;
  }

  private static float[] floats(OnnxTensor tensor) {
    FloatBuffer buffer = tensor.getFloatBuffer();
    float[] floats = new float[buffer.remaining()];
    buffer.get(floats);
    return floats;
  }

  private ModelProto model(GraphProto graph) {
    return model(graph, opset);
  }

  static ModelProto model(GraphProto graph, int opset) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(graph)
        .build();
  }
}
