package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Gradients of the convolutions over any number of axes, with strides, dilations and groups.
 *
 * <p>The gradient of a convolution's input is the transposed convolution of the output's gradient,
 * and the other way round. That of its kernel is a convolution of the input by the output's
 * gradient, with examples and channels, and strides and dilations, in each other's place.
 */
final class Convolutions {
  private Convolutions() {}

  static Map<String, GradientRule> rules() {
    return Map.of("Conv", Convolutions::convolution, "ConvTranspose", Convolutions::transposed);
  }

  private static void convolution(ReverseSweep sweep, NodeProto node, String gradient) {
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String kernel = node.getInput(1);
    long[] shape = sweep.shape(kernel);
    Window window = Window.of(node, spatial(shape), sweep.shape(x), sweep.outputShape(node));
    if (sweep.wants(node, 0)) {
      sweep.add(
          x,
          emit.node("ConvTranspose", List.of(gradient, kernel), window.backward(window.groups())));
    }
    if (sweep.wants(node, 1)) {
      sweep.add(kernel, kernelGradient(emit, x, gradient, shape, window));
    }
    addBias(sweep, node, gradient, window);
  }

  private static void transposed(ReverseSweep sweep, NodeProto node, String gradient) {
    if (Attributes.find(node, "output_shape").isPresent()) {
      throw ReverseSweep.unsupported(node, "its output's size is given, not its pads");
    }
    Emitter emit = sweep.emit();
    String x = node.getInput(0);
    String kernel = node.getInput(1);
    long[] shape = sweep.shape(kernel);
    Window window = Window.of(node, spatial(shape), sweep.outputShape(node), sweep.shape(x));
    if (sweep.wants(node, 0)) {
      String full =
          emit.node(
              "Conv",
              List.of(gradient, kernel),
              window.forward(window.groups()).toArray(AttributeProto[]::new));
      sweep.add(x, front(emit, full, window.output()));
    }
    if (sweep.wants(node, 1)) {
      sweep.add(kernel, kernelGradient(emit, gradient, x, shape, window));
    }
    addBias(sweep, node, gradient, window);
  }

  private static void addBias(ReverseSweep sweep, NodeProto node, String gradient, Window window) {
    if (sweep.wants(node, 2)) {
      long[] others = LongStream.range(0, window.axes() + 2L).filter(axis -> axis != 1).toArray();
      sweep.add(node.getInput(2), sweep.emit().sum(gradient, false, others));
    }
  }

  /**
   * Gradient of a kernel of shape [out, in / groups, ...].
   *
   * @param read what the kernel reads, of shape [batch, in, ...]
   * @param made gradient of what it makes, of shape [batch, out, ...]
   */
  private static String kernelGradient(
      Emitter emit, String read, String made, long[] shape, Window window) {
    return window.pointwise()
        ? byProduct(emit, read, made, shape, window)
        : byConvolution(emit, read, made, shape, window);
  }

  /** A kernel of one position is a matrix. */
  private static String byProduct(
      Emitter emit, String read, String made, long[] shape, Window window) {
    String x = read;
    if (window.strided()) {
      long[] zeros = new long[window.axes()];
      x =
          emit.op(
              "Slice",
              read,
              emit.vector(zeros),
              emit.vector(window.input()),
              emit.vector(spatialAxes(window)),
              emit.vector(window.strides()));
    }
    String columns = emit.reshape(x, emit.vector(0, shape[1], -1));
    String rows = emit.reshape(made, emit.vector(0, shape[0], -1));
    String left = emit.reshape(emit.transpose(rows, 1, 0, 2), emit.vector(shape[0], -1));
    String right = emit.reshape(emit.transpose(columns, 0, 2, 1), emit.vector(-1, shape[1]));
    return emit.reshape(emit.op("MatMul", left, right), emit.vector(shape));
  }

  private static String byConvolution(
      Emitter emit, String read, String made, long[] shape, Window window) {
    int axes = window.axes();
    long groups = window.groups();
    // [batch, groups * in, ...] -> [in, groups * batch, ...], where in is per group.
    long[] parted = join(new long[] {0, groups, shape[1]}, window.input());
    long[] swapped = join(new long[] {2, 1, 0}, LongStream.range(3, 3L + axes).toArray());
    long[] joined = join(new long[] {shape[1], -1}, window.input());
    String x =
        emit.reshape(
            emit.transpose(emit.reshape(read, emit.vector(parted)), swapped), emit.vector(joined));
    long[] swap = join(new long[] {1, 0}, spatialAxes(window));
    String full =
        emit.node(
            "Conv",
            List.of(x, emit.transpose(made, swap)),
            Attributes.of("strides", window.dilations()),
            Attributes.of("dilations", window.strides()),
            Attributes.of("pads", window.pads()),
            Attributes.of("group", groups));
    return emit.transpose(front(emit, full, window.kernel()), swap);
  }

  /** Keeps the front of the spatial axes. */
  private static String front(Emitter emit, String value, long[] size) {
    long[] axes = LongStream.range(2, 2L + size.length).toArray();
    return emit.op(
        "Slice", value, emit.vector(new long[size.length]), emit.vector(size), emit.vector(axes));
  }

  private static long[] spatial(long[] shape) {
    return Arrays.copyOfRange(shape, 2, shape.length);
  }

  private static long[] spatialAxes(Window window) {
    return LongStream.range(2, 2L + window.axes()).toArray();
  }

  private static long[] join(long[] front, long[] back) {
    return LongStream.concat(LongStream.of(front), LongStream.of(back)).toArray();
  }
}
