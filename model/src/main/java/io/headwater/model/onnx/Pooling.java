package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;

/** Appends what turns a model's answer into one row of [batch, width] per event. */
final class Pooling {
  /** Binary operators broadcast, all of them, from this opset on. */
  private static final int OLDEST_OPSET = 8;

  private static final float FEWEST_TOKENS = 1e-9f;

  private final GraphWriter writer;
  private final String prefix;
  private final String pooled;

  Pooling(GraphProto.Builder graph, int opset) {
    this(graph, opset, Names.unused("pooling", graph), Names.unused("pooled", graph));
  }

  /**
   * Adds values whose names begin so.
   *
   * @param names of nothing else
   */
  Pooling(GraphProto.Builder graph, int opset, String names) {
    this(graph, opset, names + ".pooling", names + ".pooled");
  }

  private Pooling(GraphProto.Builder graph, int opset, String prefix, String pooled) {
    if (opset < OLDEST_OPSET) {
      throw new IllegalArgumentException(
          "the model is of opset " + opset + "; export it with " + OLDEST_OPSET + " or later");
    }
    writer = new GraphWriter(graph, opset);
    this.prefix = prefix;
    this.pooled = pooled;
  }

  /** Mean of [batch, tokens, width] over the tokens that the mask [batch, tokens] keeps. */
  String maskedMean(String hidden, String mask) {
    String column = writer.unsqueeze(prefix + ".column", mask, 2);
    String kept = writer.cast(prefix + ".mask", column, DataType.FLOAT);
    String masked = writer.op("Mul", prefix + ".masked", hidden, kept);
    String sum = writer.sum(prefix + ".sum", masked, 1, false);
    String count = writer.sum(prefix + ".count", kept, 1, false);
    String fewest = writer.scalar(prefix + ".fewest", FEWEST_TOKENS);
    String tokens = writer.op("Max", prefix + ".tokens", count, fewest);
    return writer.op("Div", pooled, sum, tokens);
  }

  /** Mean of [batch, steps, width] over all steps. */
  String mean(String hidden) {
    String rows = writer.transpose(prefix + ".rows", hidden, 0, 2, 1);
    return writer.flatten(pooled, writer.op("GlobalAveragePool", prefix + ".mean", rows));
  }

  /** Mean of [batch, channels, height, width] over height and width. */
  String imageMean(String image) {
    return writer.flatten(pooled, writer.op("GlobalAveragePool", prefix + ".mean", image));
  }

  /** The values behind the batch, side by side. */
  String flat(String values) {
    return writer.flatten(pooled, values);
  }
}
