package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes new heads, and reads a version's trainable part for those who differentiate it. */
public final class HeadGraphs {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;
  private static final float TINY = 1e-12f;

  private HeadGraphs() {}

  /**
   * The trainable part of a version as one graph, its weights filled in as initializers.
   *
   * @throws IllegalArgumentException where the version has no trainable segment
   */
  public static ModelProto read(ModelPackage version) {
    List<Segment> trainable = Segments.trainable(version.manifest());
    if (trainable.isEmpty()) {
      throw new IllegalArgumentException("the version has no trainable segment");
    }
    return SegmentGraphs.model(trainable, version.blobs(), Set.of(version.manifest().getScored()));
  }

  /**
   * The last segments of a version as one graph, their weights filled in as initializers.
   *
   * @param last how many
   */
  public static ModelProto read(ModelPackage version, int last) {
    return SegmentGraphs.model(
        Segments.last(version.manifest(), last),
        version.blobs(),
        Set.of(version.manifest().getScored()));
  }

  /** The same graph with weights that are named and dimensioned but hold no values. */
  public static ModelProto skeleton(ModelPackage version, int last) {
    Joining joining = new Joining();
    for (Segment segment : Segments.last(version.manifest(), last)) {
      joining.add(segment.getName(), SegmentGraphs.skeleton(segment, version.blobs()));
    }
    return joining.joined(Set.of(version.manifest().getScored()));
  }

  /**
   * A version with another graph as its last segment.
   *
   * @param last reads what the one before read; its weights filled in as initializers
   * @param labels in the order of its outputs
   */
  public static ModelPackage replaced(ModelPackage version, ModelProto last, List<String> labels) {
    Segment old = Segments.last(version.manifest(), 1).get(0);
    SegmentGraphs.Parts parts = SegmentGraphs.split(old.getName(), last, old.getTrainable());
    return version.withLastSegment(parts.segment(), parts.blobs(), labels);
  }

  /**
   * A linear head on standardised activations of unit length: tuned by cross-entropy, a logistic
   * regression.
   *
   * @param activations of shape [batch, width]
   */
  public static ModelProto linear(TensorSpec activations, int classes, long seed) {
    return create("head", "logits", activations, 0, classes, HeadInput.STANDARDISED, seed, OPSET);
  }

  /**
   * A head from activations [batch, width] to {@code logits} [batch, classes]: linear, or with one
   * hidden ReLU layer.
   *
   * <p>Initial weights are normal with a standard deviation of sqrt(1/inputs) before the logits
   * (LeCun et al. 1998) and sqrt(2/inputs) before a ReLU (He et al. 2015); biases are zero.
   *
   * @param name begins the names of its values and weights
   * @param hidden width of the hidden layer; 0 makes the head linear
   * @param opset of the standard operators that it is written in
   */
  static ModelProto create(
      String name,
      String logits,
      TensorSpec activations,
      int hidden,
      int classes,
      HeadInput input,
      long seed,
      int opset) {
    int width = Math.toIntExact(activations.getDims().get(1));
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("head")
            .addInput(Specs.rows(activations.getName(), width))
            .addOutput(Specs.rows(logits, classes));
    GraphWriter writer = new GraphWriter(graph, opset);
    Random random = new Random(seed);
    String value = normalised(writer, name, activations.getName(), width, input);
    int inputs = width;
    if (hidden > 0) {
      value =
          layer(writer, random, name + ".hidden", value, inputs, hidden, 2, name + ".hidden.sum");
      value = writer.op("Relu", name + ".hidden.output", value);
      inputs = hidden;
    }
    layer(writer, random, name + ".output", value, inputs, classes, 1, logits);
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("headwater")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(graph)
        .build();
  }

  private static String normalised(
      GraphWriter writer, String name, String activations, int width, HeadInput input) {
    String value = activations;
    if (input.unitLength()) {
      String squares = writer.op("Mul", name + ".input.squares", value, value);
      String sum = writer.sum(name + ".input.sum", squares, 1, true);
      String positive =
          writer.op(
              "Add", name + ".input.positive", sum, writer.scalar(name + ".input.tiny", TINY));
      String length = writer.op("Sqrt", name + ".input.length", positive);
      value = writer.op("Div", name + ".input.unit", value, length);
    }
    if (input.standardised()) {
      value = writer.standardise(name + ".input", value, width);
    }
    return value;
  }

  private static String layer(
      GraphWriter writer,
      Random random,
      String name,
      String input,
      int inputs,
      int outputs,
      double gain,
      String output) {
    double deviation = Math.sqrt(gain / inputs);
    float[] weights = new float[inputs * outputs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() * deviation);
    }
    String weight = writer.constant(Tensors.floats(name + ".weight", weights, outputs, inputs));
    String bias = writer.constant(Tensors.floats(name + ".bias", new float[outputs], outputs));
    return writer.dense(output, input, weight, bias);
  }
}
