package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import io.headwater.schemas.OutputKind;
import io.headwater.trainer.gradient.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Heads and sets of examples for tests. */
public final class Heads {
  private Heads() {}

  /** From unit-length activations over one hidden layer (none where 0) to logits. */
  public static HeadGraph mlp(int width, int hidden, int classes, long seed) {
    Random random = new Random(seed);
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("head")
            .addInput(Tensors.value("activation", Tensors.FLOAT, -1, width))
            .addOutput(Tensors.value("logits", Tensors.FLOAT, -1, classes))
            .addInitializer(Tensors.of("tiny", new float[] {1e-12f}))
            .addNode(node("ReduceL2", "length", "activation"))
            .addNode(node("Max", "positive", "length", "tiny"))
            .addNode(node("Div", "unit", "activation", "positive"));
    String value = "unit";
    int inputs = width;
    if (hidden > 0) {
      layer(graph, random, "hidden", value, "hidden.sum", inputs, hidden);
      graph.addNode(node("Relu", "hidden.output", "hidden.sum"));
      value = "hidden.output";
      inputs = hidden;
    }
    layer(graph, random, "output", value, "logits", inputs, classes);
    // Opset 13 has the axes of ReduceL2 as an attribute, so that lifting is part of the test.
    graph.setNode(0, graph.getNode(0).toBuilder().addAttribute(axes(1)));
    return new HeadGraph(
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
            .setGraph(graph)
            .build(),
        OutputKind.LOGITS);
  }

  /** A linear head on activations that a batch normalisation standardises. */
  public static HeadGraph standardised(int width, int classes) {
    float[] ones = new float[width];
    Arrays.fill(ones, 1);
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("head")
            .addInput(Tensors.value("activation", Tensors.FLOAT, -1, width))
            .addOutput(Tensors.value("logits", Tensors.FLOAT, -1, classes))
            .addInitializer(Tensors.of("scale", ones, width))
            .addInitializer(Tensors.of("shift", new float[width], width))
            .addInitializer(Tensors.of("mean", new float[width], width))
            .addInitializer(Tensors.of("variance", ones, width))
            .addNode(
                node(
                    "BatchNormalization", "x", "activation", "scale", "shift", "mean", "variance"));
    layer(graph, new Random(1), "output", "x", "logits", width, classes);
    return new HeadGraph(
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18))
            .setGraph(graph)
            .build(),
        OutputKind.LOGITS);
  }

  /** A linear head whose logits are bounded, so that no linear layer makes them. */
  static HeadGraph bounded(int width, int classes) {
    HeadGraph linear = mlp(width, 0, classes, 1);
    GraphProto.Builder graph = linear.model().getGraph().toBuilder();
    graph.addNode(node("Tanh", "bounded", "logits"));
    graph.setOutput(0, graph.getOutput(0).toBuilder().setName("bounded"));
    return new HeadGraph(linear.model().toBuilder().setGraph(graph).build(), OutputKind.LOGITS);
  }

  /** The same head with a softmax behind it. */
  public static HeadGraph withSoftmax(HeadGraph head) {
    return ending(head, "Softmax", OutputKind.PROBABILITIES);
  }

  /** A head of one output, whose sigmoid tells of the second of two classes. */
  static HeadGraph ofTwo(int width, int hidden, long seed) {
    return new HeadGraph(mlp(width, hidden, 1, seed).model(), OutputKind.LOGIT);
  }

  /** The same with the sigmoid behind it. */
  static HeadGraph withSigmoid(HeadGraph head) {
    return ending(head, "Sigmoid", OutputKind.PROBABILITY);
  }

  private static HeadGraph ending(HeadGraph head, String last, OutputKind kind) {
    GraphProto.Builder graph =
        head.model().getGraph().toBuilder()
            .clearOutput()
            .addNode(node(last, "probabilities", head.outputName()))
            .addOutput(
                head.model().getGraph().getOutput(0).toBuilder().setName("probabilities").build());
    return new HeadGraph(head.model().toBuilder().setGraph(graph).build(), kind);
  }

  /** Two clouds around opposite points, the class being which; {@code spread} blurs them. */
  public static TrainingSet clouds(int size, int width, double spread, long seed) {
    Random random = new Random(seed);
    float[][] activations = new float[size][width];
    int[] classes = new int[size];
    float[] weights = new float[size];
    for (int i = 0; i < size; i++) {
      classes[i] = random.nextInt(2);
      weights[i] = 1;
      for (int j = 0; j < width; j++) {
        double centre = (j % 2 == 0 ? 1 : -1) * (classes[i] == 0 ? 1 : -1);
        activations[i][j] = (float) (centre + spread * random.nextGaussian());
      }
    }
    return new TrainingSet(activations, classes, weights);
  }

  /** A set of two classes of which a share has the wrong one. */
  public static TrainingSet flipped(TrainingSet set, double share, long seed) {
    Random random = new Random(seed);
    int[] classes = set.classes().clone();
    for (int i = 0; i < classes.length; i++) {
      classes[i] = random.nextDouble() < share ? 1 - classes[i] : classes[i];
    }
    return new TrainingSet(set.activations(), classes, set.weights());
  }

  private static void layer(
      GraphProto.Builder graph,
      Random random,
      String name,
      String input,
      String output,
      int inputs,
      int outputs) {
    float[] weight = new float[inputs * outputs];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = (float) (random.nextGaussian() / Math.sqrt(inputs));
    }
    graph.addInitializer(Tensors.of(name + ".weight", weight, outputs, inputs));
    graph.addInitializer(Tensors.of(name + ".bias", new float[outputs], outputs));
    graph.addNode(
        node("Gemm", output, input, name + ".weight", name + ".bias").toBuilder()
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("transB")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(1)));
  }

  private static AttributeProto axes(long axis) {
    return AttributeProto.newBuilder()
        .setName("axes")
        .setType(AttributeProto.AttributeType.INTS)
        .addInts(axis)
        .build();
  }

  private static NodeProto node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }
}
