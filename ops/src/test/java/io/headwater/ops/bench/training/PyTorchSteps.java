package io.headwater.ops.bench.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.gradient.CurrentForm;
import io.headwater.trainer.gradient.Tensors;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.StepSpeed;
import io.headwater.trainer.tune.StepSpeed.Speed;
import io.headwater.trainer.tune.TrainingSet;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * The same training step on PyTorch through DJL: the graph's operators one by one with autograd,
 * and PyTorch's fused AdamW. Normalisations and GELU are as the graph has them, in several
 * operators.
 */
final class PyTorchSteps implements Stepper, AutoCloseable {
  private static final float RATE = 1e-4f;
  private static final float DECAY = 0.01f;

  private final NDManager base = NDManager.newBaseManager("PyTorch");
  private final GraphProto graph;
  private final HeadGraph head;
  private final TrainingSet set;
  private final int batch;
  private final Map<String, NDArray> constants = new HashMap<>();
  private final Map<String, long[]> numbers = new HashMap<>();
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final Map<String, NDArray> means = new HashMap<>();
  private final Map<String, NDArray> squares = new HashMap<>();
  private int step;

  PyTorchSteps(StepSpeed speed) {
    this.head = speed.head();
    this.graph = CurrentForm.of(head.model()).getGraph();
    this.set = speed.set();
    this.batch = speed.settings().batch();
    Set<String> trained = head.weights().keySet();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getDataType() != Tensors.FLOAT) {
        numbers.put(tensor.getName(), Tensors.longs(tensor));
        continue;
      }
      NDArray values = base.create(Tensors.floats(tensor), new Shape(Tensors.dims(tensor)));
      constants.put(tensor.getName(), values);
      if (trained.contains(tensor.getName())) {
        values.setRequiresGradient(true);
        weights.put(tensor.getName(), values);
        means.put(tensor.getName(), base.zeros(values.getShape()));
        squares.put(tensor.getName(), base.zeros(values.getShape()));
      }
    }
  }

  /** The mean loss over all batches, without a step. */
  float loss() {
    double sum = 0;
    int batches = 0;
    for (int from = 0; from + batch <= set.size(); from += batch) {
      try (NDManager own = base.newSubManager()) {
        weights.values().forEach(weight -> weight.attach(own));
        sum += loss(own, from).getFloat();
        batches++;
        weights.values().forEach(weight -> weight.attach(base));
      }
    }
    return (float) (sum / batches);
  }

  private NDArray loss(NDManager own, int from) {
    float[][] targets = new float[batch][2];
    for (int i = 0; i < batch; i++) {
      targets[i][set.classes()[from + i]] = 1;
    }
    NDArray logits = forward(inputs(own, from));
    return logits.logSoftmax(-1).mul(own.create(targets)).sum(new int[] {1}).neg().mean();
  }

  @Override
  public Speed run(Duration length) {
    StepSpeed.Meter meter = new StepSpeed.Meter(batch, length);
    int from = 0;
    while (!meter.getAsBoolean()) {
      step(from);
      from = from + 2 * batch > set.size() ? 0 : from + batch;
    }
    return meter.speed();
  }

  /** Forward, backward and update over the examples from one on. */
  void step(int from) {
    step++;
    NDManager own = base.newSubManager();
    try (own;
        GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      weights.values().forEach(weight -> weight.attach(own));
      collector.backward(loss(own, from));
      weights.values().forEach(weight -> weight.attach(base));
    }
    float ratio = (float) (Math.sqrt(1 - Math.pow(0.999, step)) / (1 - Math.pow(0.9, step)));
    for (Map.Entry<String, NDArray> weight : weights.entrySet()) {
      try (NDManager update = base.newSubManager()) {
        NDArray values = weight.getValue();
        NDArray gradient = values.getGradient();
        gradient.attach(update);
        NDList inputs =
            new NDList(values, gradient, means.get(weight.getKey()), squares.get(weight.getKey()));
        values
            .getNDArrayInternal()
            .adamUpdate(
                inputs,
                new NDList(values),
                RATE,
                RATE * ratio,
                DECAY,
                1f,
                -1f,
                0.9f,
                0.999f,
                1e-8f,
                false,
                true);
      }
    }
  }

  private Map<String, NDArray> inputs(NDManager own, int from) {
    Crossing.Shape shape = set.shapes().get(0);
    Map<String, NDArray> inputs = new HashMap<>();
    int at = 0;
    for (int input = 0; input < shape.inputs().size(); input++) {
      int size = shape.size(input);
      float[] values = new float[batch * size];
      for (int i = 0; i < batch; i++) {
        System.arraycopy(set.activations()[from + i], at, values, i * size, size);
      }
      long[] dims =
          LongStream.concat(
                  LongStream.of(batch),
                  shape.inputs().get(input).stream().mapToLong(Long::longValue))
              .toArray();
      inputs.put(head.inputs().get(input), own.create(values, new Shape(dims)));
      at += size;
    }
    return inputs;
  }

  private NDArray forward(Map<String, NDArray> inputs) {
    Map<String, NDArray> values = new HashMap<>(constants);
    values.putAll(inputs);
    Map<String, long[]> known = new HashMap<>(numbers);
    for (NodeProto node : graph.getNodeList()) {
      long[] whole = whole(node, values, known);
      if (whole != null) {
        known.put(node.getOutput(0), whole);
      } else {
        values.put(node.getOutput(0), value(node, values, known));
      }
    }
    return values.get(head.logits());
  }

  /** What whole numbers a node gives, which stay on this side; null where it gives an array. */
  private static long[] whole(
      NodeProto node, Map<String, NDArray> values, Map<String, long[]> known) {
    if (node.getOpType().equals("Shape")) {
      return values.get(node.getInput(0)).getShape().getShape();
    }
    boolean all =
        node.getInputCount() > 0 && node.getInputList().stream().allMatch(known::containsKey);
    if (!all && !node.getOpType().equals("Concat")) {
      return null;
    }
    if (node.getInputList().stream().anyMatch(values::containsKey)) {
      return null;
    }
    long[] first = known.get(node.getInput(0));
    return switch (node.getOpType()) {
      case "Gather" -> new long[] {first[(int) known.get(node.getInput(1))[0]]};
      case "Unsqueeze", "Squeeze", "Cast", "Identity" -> first;
      case "Concat" ->
          node.getInputList().stream().flatMapToLong(in -> Arrays.stream(known.get(in))).toArray();
      case "Slice" ->
          Arrays.copyOfRange(
              first,
              (int) known.get(node.getInput(1))[0],
              (int) Math.min(first.length, known.get(node.getInput(2))[0]));
      default -> throw new UnsupportedOperationException(node.getOpType() + " of whole numbers");
    };
  }

  private static NDArray value(
      NodeProto node, Map<String, NDArray> values, Map<String, long[]> known) {
    NDArray a = values.get(node.getInput(0));
    NDArray b = node.getInputCount() > 1 ? values.get(node.getInput(1)) : null;
    long[] axes = node.getInputCount() > 1 ? known.get(node.getInput(1)) : null;
    boolean kept = attribute(node, "keepdims", 1) == 1;
    return switch (node.getOpType()) {
      case "Add" -> a.add(b);
      case "Sub" -> a.sub(b);
      case "Mul" -> a.mul(b);
      case "Div" -> a.div(b);
      case "Max" -> a.maximum(b);
      case "Min" -> a.minimum(b);
      case "Pow" -> a.pow(b);
      case "Sqrt" -> a.sqrt();
      case "Erf" -> a.erf();
      case "Abs" -> a.abs();
      case "Relu" -> ai.djl.nn.Activation.relu(a);
      case "Sigmoid" -> ai.djl.nn.Activation.sigmoid(a);
      case "Identity", "Cast", "Dropout" -> a;
      case "Softmax" -> a.softmax((int) attribute(node, "axis", -1));
      case "MatMul" -> a.matMul(b);
      case "Gemm" -> {
        NDArray left = attribute(node, "transA", 0) == 1 ? a.transpose() : a;
        NDArray right = attribute(node, "transB", 0) == 1 ? b.transpose() : b;
        NDArray product = left.matMul(right);
        yield node.getInputCount() > 2 ? product.add(values.get(node.getInput(2))) : product;
      }
      case "Clip" ->
          a.clip(
              scalar(node, 1, values, -Float.MAX_VALUE), scalar(node, 2, values, Float.MAX_VALUE));
      case "HardSigmoid" ->
          a.mul(real(node, "alpha", 0.2f)).add(real(node, "beta", 0.5f)).clip(0f, 1f);
      case "HardSwish" -> a.mul(a.div(6f).add(0.5f).clip(0f, 1f));
      case "Reshape" -> a.reshape(kept(axes, a));
      case "Flatten" ->
          a.reshape(a.getShape().slice(0, (int) attribute(node, "axis", 1)).size(), -1);
      case "Expand" -> a.broadcast(new Shape(broadcast(axes, a)));
      case "Transpose" -> a.transpose(ints(list(node, "perm")));
      case "Unsqueeze" -> {
        NDArray wide = a;
        for (long axis : axes) {
          wide = wide.expandDims((int) axis);
        }
        yield wide;
      }
      case "Squeeze" -> a.squeeze(ints(axes));
      case "ReduceMean" -> {
        NDArray mean = a;
        int[] over = ints(axes);
        Arrays.sort(over);
        // DJL takes means over one axis at a time; the last first, so that the others keep theirs.
        for (int i = over.length - 1; i >= 0; i--) {
          mean = mean.mean(new int[] {over[i]}, kept);
        }
        yield mean;
      }
      case "ReduceSum" -> a.sum(ints(axes), kept);
      case "ReduceL2" -> a.pow(2).sum(ints(axes), kept).sqrt();
      case "GlobalAveragePool" -> {
        Shape dims = a.getShape();
        NDArray flat = a.reshape(dims.get(0), dims.get(1), -1);
        yield flat.mean(new int[] {2}).reshape(dims.get(0), dims.get(1), 1, 1);
      }
      case "MaxPool" ->
          ai.djl.nn.pooling.Pool.maxPool2d(
              a,
              new Shape(list(node, "kernel_shape")),
              new Shape(list(node, "strides")),
              new Shape(0, 0),
              false);
      case "AveragePool" ->
          ai.djl.nn.pooling.Pool.avgPool2d(
              a,
              new Shape(list(node, "kernel_shape")),
              new Shape(list(node, "strides")),
              new Shape(0, 0),
              false,
              false);
      case "Conv" -> {
        long[] pads = list(node, "pads");
        yield a.getNDArrayInternal()
            .convolution(
                a,
                b,
                node.getInputCount() > 2 ? values.get(node.getInput(2)) : null,
                new Shape(list(node, "strides")),
                new Shape(pads.length == 0 ? new long[] {0, 0} : new long[] {pads[0], pads[1]}),
                new Shape(1, 1),
                (int) attribute(node, "group", 1))
            .singletonOrThrow();
      }
      case "BatchNormalization" ->
          ai.djl.nn.norm.BatchNorm.batchNorm(
                  a,
                  values.get(node.getInput(3)),
                  values.get(node.getInput(4)),
                  b,
                  values.get(node.getInput(2)),
                  1,
                  0.9f,
                  real(node, "epsilon", 1e-5f),
                  false)
              .singletonOrThrow();
      case "LpNormalization" -> a.div(a.pow(2).sum(new int[] {-1}, true).sqrt());
      default ->
          throw new UnsupportedOperationException(
              node.getOpType() + " is not known to this bench's PyTorch side");
    };
  }

  private static float scalar(
      NodeProto node, int input, Map<String, NDArray> values, float otherwise) {
    boolean given = node.getInputCount() > input && !node.getInput(input).isEmpty();
    return given ? values.get(node.getInput(input)).toFloatArray()[0] : otherwise;
  }

  /** A 0 keeps the axis. */
  private static Shape kept(long[] wanted, NDArray of) {
    long[] dims = wanted.clone();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = dims[i] == 0 ? of.getShape().get(i) : dims[i];
    }
    return new Shape(dims);
  }

  /** A 1 keeps the axis. */
  private static long[] broadcast(long[] wanted, NDArray of) {
    long[] dims = wanted.clone();
    int offset = dims.length - of.getShape().dimension();
    for (int i = offset; i < dims.length; i++) {
      dims[i] = Math.max(dims[i], of.getShape().get(i - offset));
    }
    return dims;
  }

  private static long attribute(NodeProto node, String name, long otherwise) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(otherwise);
  }

  private static float real(NodeProto node, String name, float otherwise) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .map(AttributeProto::getF)
        .findFirst()
        .orElse(otherwise);
  }

  private static long[] list(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .map(AttributeProto::getIntsList)
        .flatMap(List::stream)
        .mapToLong(Long::longValue)
        .toArray();
  }

  private static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public void close() {
    base.close();
  }
}
