package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Gradients of the pools. */
final class Pools {
  private Pools() {}

  static Map<String, GradientRule> rules() {
    return Map.of(
        "MaxPool", Pools::largest,
        "AveragePool", Pools::average,
        "GlobalAveragePool", Pools::globalAverage,
        "GlobalMaxPool", Pools::globalLargest);
  }

  /** Adds the gradient up where the pool's second output, an index into the whole input, says. */
  private static void largest(ReverseSweep sweep, NodeProto node, String gradient) {
    if (Attributes.integer(node, "storage_order", 0) != 0) {
      throw ReverseSweep.unsupported(node, "its indices are column-major");
    }
    if (node.getOutputCount() < 2) {
      throw ReverseSweep.unsupported(node, "it doesn't tell where its maxima are");
    }
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String flat = emit.vector(-1);
    String size = emit.node("ReduceProd", List.of(emit.shape(x)), Attributes.of("keepdims", 1L));
    String sum =
        emit.node(
            "ScatterElements",
            List.of(
                emit.zeros(size),
                emit.reshape(node.getOutput(1), flat),
                emit.reshape(gradient, flat)),
            Attributes.of("axis", 0L),
            Attributes.of("reduction", "add"));
    sweep.add(x, emit.reshape(sum, emit.shape(x)));
  }

  /** Spreads the gradient evenly: a transposed convolution by ones. */
  private static void average(ReverseSweep sweep, NodeProto node, String gradient) {
    if (Attributes.integer(node, "ceil_mode", 0) != 0) {
      throw ReverseSweep.unsupported(node, "its size is rounded up");
    }
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    long[] shape = sweep.shape(x);
    long[] kernel = Attributes.integers(node, "kernel_shape", new long[0]);
    Window window = Window.of(node, kernel, shape, sweep.outputShape(node));
    boolean padsCount = Attributes.integer(node, "count_include_pad", 0) != 0;
    String share =
        padsCount || !window.padded()
            ? emit.mul(gradient, emit.scalar(1f / Tensors.size(kernel)))
            : emit.div(gradient, inside(emit, window));
    String ones = ones(emit, shape[1], kernel);
    sweep.add(x, emit.node("ConvTranspose", List.of(share, ones), window.backward(shape[1])));
  }

  /** How many elements of the input, pads aside, each position of the window covers. */
  private static String inside(Emitter emit, Window window) {
    return emit.node(
        "Conv",
        List.of(ones(emit, 1, window.input()), ones(emit, 1, window.kernel())),
        window.forward(1).toArray(AttributeProto[]::new));
  }

  private static String ones(Emitter emit, long channels, long[] spatial) {
    long[] dims = LongStream.concat(LongStream.of(channels, 1), LongStream.of(spatial)).toArray();
    float[] ones = new float[Tensors.size(dims)];
    Arrays.fill(ones, 1);
    return emit.constant(ones, dims);
  }

  private static void globalAverage(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String spatial = emit.node("Shape", List.of(x), Attributes.of("start", 2L));
    String count = emit.node("ReduceProd", List.of(spatial), Attributes.of("keepdims", 0L));
    sweep.add(x, emit.op("Expand", emit.div(gradient, emit.toFloat(count)), emit.shape(x)));
  }

  /** Elements that are equally large share the gradient. */
  private static void globalLargest(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    long[] axes = LongStream.range(2, sweep.rank(x)).toArray();
    String largest = emit.toFloat(emit.op("Equal", x, node.getOutput(0)));
    sweep.add(x, emit.mul(largest, emit.div(gradient, emit.sum(largest, true, axes))));
  }
}
