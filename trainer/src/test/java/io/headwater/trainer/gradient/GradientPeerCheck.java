package io.headwater.trainer.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.GradientCollector;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headwater.model.runtime.Ort;
import io.headwater.trainer.tune.ShapeProbe;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Gradients against those of PyTorch's autograd; run by the profile {@code peer} alone. */
class GradientPeerCheck {
  private static final double TOLERANCE = 1e-5;

  private final Random random = new Random(5);
  private final Emitter emit = new Emitter(GraphProto.getDefaultInstance());
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("peer");
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, long[]> dims = new HashMap<>();

  private String weight(long... shape) {
    String name = emit.fresh("w");
    float[] drawn = new float[Tensors.size(shape)];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = (float) (random.nextGaussian() / 4);
    }
    values.put(name, drawn);
    dims.put(name, shape);
    graph.addInitializer(Tensors.of(name, drawn, shape));
    return name;
  }

  @Test
  void attention_withGeluAndSoftmax_agrees() throws OrtException {
    String x = weight(2, 8, 16);
    String q = weight(16, 16);
    String k = weight(16, 16);
    String up = weight(16, 32);
    String scores =
        emit.op(
            "MatMul", emit.op("MatMul", x, q), emit.transpose(emit.op("MatMul", x, k), 0, 2, 1));
    String mixed = emit.op("MatMul", emit.node("Softmax", List.of(scores)), x);
    String wide = emit.op("MatMul", mixed, up);
    String gate = emit.add(emit.op("Erf", emit.mul(wide, emit.scalar(0.5f))), emit.scalar(1));
    compare(
        emit.mul(wide, gate),
        w -> {
          NDArray in = w.get(x);
          NDArray s = in.matMul(w.get(q)).matMul(in.matMul(w.get(k)).transpose(0, 2, 1));
          NDArray y = s.softmax(-1).matMul(in).matMul(w.get(up));
          return y.mul(y.mul(0.5f).erf().add(1));
        });
  }

  @Test
  void convolution_strided_thenMaxPool_agrees() throws OrtException {
    String x = weight(2, 3, 13, 13);
    String kernel = weight(8, 3, 3, 3);
    String bias = weight(8);
    String made =
        emit.node(
            "Conv",
            List.of(x, kernel, bias),
            Attributes.of("strides", new long[] {2, 2}),
            Attributes.of("pads", new long[] {1, 1, 1, 1}));
    String pooled =
        emit.node(
            "MaxPool",
            List.of(emit.op("Tanh", made)),
            Attributes.of("kernel_shape", new long[] {3, 3}),
            Attributes.of("strides", new long[] {2, 2}));
    compare(
        pooled,
        w -> {
          NDArray y =
              Conv2d.conv2d(w.get(x), w.get(kernel), w.get(bias), new Shape(2, 2), new Shape(1, 1))
                  .singletonOrThrow();
          return Pool.maxPool2d(y.tanh(), new Shape(3, 3), new Shape(2, 2), new Shape(0, 0), false);
        });
  }

  private void compare(String y, Function<Map<String, NDArray>, NDArray> peer) throws OrtException {
    graph.addAllNode(emit.nodes()).addOutput(ValueInfoProto.newBuilder().setName(y));
    emit.constants().forEach(graph::addInitializer);
    ModelProto model = CurrentForm.of(FiniteDifferences.model(graph.build(), CurrentForm.OPSET));
    Shapes shapes = ShapeProbe.of(model, Map.of(), Map.of());
    GradientGraph both = GradientGraph.of(model, shapes, y, values.keySet());
    float[] seed = new float[Tensors.size(shapes.of(y))];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (float) random.nextGaussian();
    }
    Map<String, float[]> ours = ours(both, seed, shapes.of(y));
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      Map<String, NDArray> weights = new HashMap<>();
      values.forEach(
          (name, floats) -> {
            NDArray array = manager.create(floats, new Shape(dims.getOrDefault(name, new long[0])));
            array.setRequiresGradient(true);
            weights.put(name, array);
          });
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        NDArray answer = peer.apply(weights);
        collector.backward(answer.mul(manager.create(seed, answer.getShape())).sum());
      }
      weights.forEach(
          (name, array) -> {
            float[] theirs = array.getGradient().toFloatArray();
            assertThat(distance(ours.getOrDefault(name, theirs), theirs))
                .as("relative distance of the gradient of " + name)
                .isLessThan(TOLERANCE);
          });
    }
  }

  private Map<String, float[]> ours(GradientGraph both, float[] seed, long[] shape)
      throws OrtException {
    Map<String, float[]> gradients = new HashMap<>();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    for (Map.Entry<String, float[]> value : values.entrySet()) {
      inputs.put(
          value.getKey(),
          OnnxTensor.createTensor(
              Ort.environment(), FloatBuffer.wrap(value.getValue()), dims.get(value.getKey())));
    }
    inputs.put(
        both.seed(), OnnxTensor.createTensor(Ort.environment(), FloatBuffer.wrap(seed), shape));
    try (OrtSession session = Ort.environment().createSession(both.model().toByteArray());
        OrtSession.Result result = session.run(inputs)) {
      assertThat(both.gradients()).containsOnlyKeys(values.keySet());
      for (Map.Entry<String, String> gradient : both.gradients().entrySet()) {
        FloatBuffer buffer =
            ((OnnxTensor) result.get(gradient.getValue()).orElseThrow()).getFloatBuffer();
        float[] floats = new float[buffer.remaining()];
        buffer.get(floats);
        gradients.put(gradient.getKey(), floats);
      }
    }
    return gradients;
  }

  private static double distance(float[] a, float[] b) {
    double apart = 0;
    double length = 0;
    for (int i = 0; i < a.length; i++) {
      apart += Math.pow((double) a[i] - b[i], 2);
      length += Math.pow(b[i], 2);
    }
    return Math.sqrt(apart / length);
  }
}
