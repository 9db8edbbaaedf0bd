package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.headwater.model.onnx.HeadGraphs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.runtime.Crossing;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Weight;
import io.headwater.trainer.gradient.Loss;
import io.headwater.trainer.gradient.Tensors;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The last segments of a version as one graph: from what crosses to them, floats of shape [batch,
 * width] or with more axes, to an output of shape [batch, classes], or [batch, 1] where that tells
 * of two classes.
 *
 * @param model with its weights' values as initializers
 * @param output what the graph's one output holds
 * @param tied weights that segments in front read as well, which stay as they are
 * @param backbone weights of segments in front of the head, which were trained before
 */
public record HeadGraph(
    ModelProto model, OutputKind output, Set<String> tied, Set<String> backbone) {
  public HeadGraph {
    tied = Set.copyOf(tied);
    backbone = Set.copyOf(backbone);
    if (inputs(model.getGraph()).isEmpty()) {
      throw new IllegalArgumentException("a head reads activations; this one reads nothing");
    }
    if (model.getGraph().getOutputCount() != 1) {
      throw new IllegalArgumentException(
          "a head has one output; this one has " + model.getGraph().getOutputCount());
    }
  }

  /** A head alone. */
  public HeadGraph(ModelProto model, OutputKind output) {
    this(model, output, Set.of(), Set.of());
  }

  /**
   * The trainable part of a version.
   *
   * @throws IllegalArgumentException where it has none that can be trained
   */
  public static HeadGraph of(ModelPackage version) {
    int trainable = Segments.trainableCount(version.manifest());
    if (trainable == 0) {
      throw new IllegalArgumentException("the version has no trainable segment");
    }
    return of(version, trainable);
  }

  /**
   * The last segments of a version, whether marked as trainable or not. Inputs that hold whole
   * numbers or flags take them as floats.
   *
   * @param last how many
   */
  public static HeadGraph of(ModelPackage version, int last) {
    Manifest manifest = version.manifest();
    Set<String> tied = names(Segments.before(manifest, last));
    List<Segment> suffix = Segments.last(manifest, last);
    // A head that an import put behind a model is its last segment, and alone in being new.
    int head = manifest.getTrained() ? Math.min(last, Segments.trainableCount(manifest)) : 1;
    Set<String> backbone = names(suffix.subList(0, last - head));
    backbone.removeAll(tied);
    return new HeadGraph(
        FloatInputs.of(HeadGraphs.read(version, last)), manifest.getOutput(), tied, backbone);
  }

  private static Set<String> names(List<Segment> segments) {
    return segments.stream()
        .flatMap(segment -> segment.getWeights().stream())
        .map(Weight::getName)
        .collect(Collectors.toCollection(HashSet::new));
  }

  /**
   * Weights a part of the way from this head's to others.
   *
   * @param to by initializer
   * @param part 0 for this head's, 1 for the others
   * @throws IllegalArgumentException where the head has no weight of that name and size
   */
  public Map<String, float[]> towards(Map<String, float[]> to, double part) {
    if (part == 1) {
      return to;
    }
    Map<String, float[]> own = weights();
    Map<String, float[]> between = new HashMap<>();
    to.forEach(
        (name, values) -> {
          float[] start = own.get(name);
          if (start == null || start.length != values.length) {
            throw new IllegalArgumentException("the head has no '" + name + "' of that size");
          }
          float[] mixed = new float[values.length];
          for (int i = 0; i < mixed.length; i++) {
            mixed[i] = start[i] + (float) part * (values[i] - start[i]);
          }
          between.put(name, mixed);
        });
    return between;
  }

  /** What it reads, in the order in which it crosses. */
  public List<String> inputs() {
    return inputs(model.getGraph());
  }

  /** The first of what it reads. */
  public String input() {
    return inputs().get(0);
  }

  /**
   * Dimensions of a batch of each input.
   *
   * @throws IllegalArgumentException where other values cross than it reads
   */
  List<long[]> dims(Crossing.Shape shape, int count) {
    List<String> inputs = inputs();
    if (shape.inputs().size() != inputs.size()) {
      throw new IllegalArgumentException(
          "%d values cross where the trained segments read %s"
              .formatted(shape.inputs().size(), inputs));
    }
    if (inputs.size() == 1 && shape.inputs().get(0).size() == 1) {
      return List.of(batch(count, shape.size()));
    }
    return shape.inputs().stream()
        .map(row -> LongStream.concat(LongStream.of(count), row.stream().mapToLong(i -> i)))
        .map(LongStream::toArray)
        .toList();
  }

  public String outputName() {
    return model.getGraph().getOutput(0).getName();
  }

  /**
   * The value whose softmax are the probabilities; or, where the head answers with one number for
   * two classes, whose sigmoid is the second one's.
   *
   * @throws IllegalArgumentException where the output holds probabilities that neither made
   */
  public String logits() {
    return beneath(answersForSecond() ? "Sigmoid" : "Softmax");
  }

  /** Whether the head answers with one number, for the second of two classes. */
  boolean answersForSecond() {
    return output == OutputKind.LOGIT || output == OutputKind.PROBABILITY;
  }

  /**
   * What is made small where a loss is wished for: over two classes of which one number tells, the
   * softmax cross-entropy is the binary one of that number.
   */
  Loss loss(Loss wished) {
    return answersForSecond() && wished.classifies() ? Loss.binary() : wished;
  }

  /**
   * The value that a loss judges: of a cross-entropy, what a last softmax or sigmoid reads.
   *
   * @throws IllegalArgumentException where the output holds probabilities that neither made
   */
  String judged(Loss loss) {
    return switch (loss.kind()) {
      case SOFTMAX_CROSS_ENTROPY -> beneath("Softmax");
      case BINARY_CROSS_ENTROPY -> beneath("Sigmoid");
      case SQUARED, HUBER -> outputName();
    };
  }

  private String beneath(String last) {
    if (output == OutputKind.LOGITS || output == OutputKind.LOGIT) {
      return outputName();
    }
    return model.getGraph().getNodeList().stream()
        .filter(node -> node.getOutputList().contains(outputName()))
        .filter(node -> node.getOpType().equals(last))
        .map(node -> node.getInput(0))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the head's output '%s' holds probabilities that no %s makes; import a"
                            .formatted(outputName(), last)
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
    weights.keySet().removeAll(tied);
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
    return new HeadGraph(model.toBuilder().setGraph(graph).build(), output, tied, backbone);
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
