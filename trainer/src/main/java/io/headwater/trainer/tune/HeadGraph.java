package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.headwater.model.onnx.HeadGraphs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.OutputKind;
import io.headwater.trainer.gradient.Loss;
import io.headwater.trainer.gradient.Tensors;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The trainable part of a version as one graph: from activations at the tap, of shape [batch,
 * width] or with more axes, to an output of shape [batch, classes].
 *
 * @param model with its weights' values as initializers
 * @param output what the graph's one output holds
 */
public record HeadGraph(ModelProto model, OutputKind output) {
  public HeadGraph {
    if (inputs(model.getGraph()).size() != 1) {
      throw new IllegalArgumentException(
          "a head reads one input, the activations; this one reads " + inputs(model.getGraph()));
    }
    if (model.getGraph().getOutputCount() != 1) {
      throw new IllegalArgumentException(
          "a head has one output; this one has " + model.getGraph().getOutputCount());
    }
  }

  /**
   * The trainable part of a version.
   *
   * @throws IllegalArgumentException where it has none that can be trained
   */
  public static HeadGraph of(ModelPackage version) {
    return new HeadGraph(HeadGraphs.read(version), version.manifest().getOutput());
  }

  public String input() {
    return inputs(model.getGraph()).get(0);
  }

  public String outputName() {
    return model.getGraph().getOutput(0).getName();
  }

  /**
   * The value whose softmax are the probabilities.
   *
   * @throws IllegalArgumentException where the output holds probabilities that no softmax made
   */
  public String logits() {
    if (output == OutputKind.LOGITS) {
      return outputName();
    }
    return model.getGraph().getNodeList().stream()
        .filter(node -> node.getOutputList().contains(outputName()))
        .filter(node -> node.getOpType().equals("Softmax"))
        .map(node -> node.getInput(0))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the head's output '%s' holds probabilities that no Softmax makes; import a"
                            .formatted(outputName())
                        + " model that ends in one, or in logits"));
  }

  /**
   * The value that a loss other than softmax cross-entropy judges: what a last sigmoid reads where
   * the loss is a binary cross-entropy, and else the output.
   */
  String scores(Loss loss) {
    if (loss.kind() != Loss.Kind.BINARY_CROSS_ENTROPY || output == OutputKind.LOGITS) {
      return outputName();
    }
    return model.getGraph().getNodeList().stream()
        .filter(node -> node.getOutputList().contains(outputName()))
        .filter(node -> node.getOpType().equals("Sigmoid"))
        .map(node -> node.getInput(0))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the head's output '%s' holds probabilities that no Sigmoid makes; import a"
                            .formatted(outputName())
                        + " model that ends in one, or in logits"));
  }

  /**
   * Dimensions of a batch of activations.
   *
   * @param width numbers per activation
   * @throws IllegalArgumentException where the input's declared axes can't hold that many
   */
  long[] batch(int count, int width) {
    List<Long> axes =
        model.getGraph().getInputList().stream()
            .filter(value -> value.getName().equals(input()))
            .flatMap(value -> value.getType().getTensorType().getShape().getDimList().stream())
            .map(dimension -> dimension.getDimValue())
            .toList();
    if (axes.size() <= 2) {
      return new long[] {count, width};
    }
    long[] dims = new long[axes.size()];
    dims[0] = count;
    long known = 1;
    int open = -1;
    for (int i = 1; i < dims.length; i++) {
      dims[i] = axes.get(i);
      if (dims[i] > 0) {
        known *= dims[i];
      } else if (open < 0) {
        open = i;
      } else {
        known = 0;
        break;
      }
    }
    boolean fits = known > 0 && (open < 0 ? known == width : width % known == 0);
    if (!fits) {
      throw new IllegalArgumentException(
          "activations of %d numbers don't fit the head's input of %s".formatted(width, axes));
    }
    if (open >= 0) {
      dims[open] = width / known;
    }
    return dims;
  }

  /** The {@linkplain TrainableWeights weights} that training changes, in row-major order. */
  public Map<String, float[]> weights() {
    Map<String, float[]> weights = new LinkedHashMap<>();
    TrainableWeights.of(model.getGraph())
        .forEach((name, tensor) -> weights.put(name, Tensors.floats(tensor)));
    return weights;
  }

  /** The same graph with other values for the weights that are named. */
  public HeadGraph with(Map<String, float[]> weights) {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearInitializer();
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      float[] values = weights.get(tensor.getName());
      graph.addInitializer(
          values == null ? tensor : Tensors.of(tensor.getName(), values, Tensors.dims(tensor)));
    }
    return new HeadGraph(model.toBuilder().setGraph(graph).build(), output);
  }

  /**
   * The same head with new classes behind those that it knows, whose weights stay; it decides as
   * before until it has learned the new ones.
   *
   * @param classes how many there are to be
   * @throws IllegalArgumentException where the head has more, or does not end in a linear layer
   */
  public HeadGraph widened(int classes) {
    return WiderHead.of(this, classes);
  }

  private static List<String> inputs(GraphProto graph) {
    Set<String> constants = new HashSet<>();
    graph.getInitializerList().forEach(tensor -> constants.add(tensor.getName()));
    return graph.getInputList().stream()
        .map(input -> input.getName())
        .filter(name -> !constants.contains(name))
        .toList();
  }
}
