package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the kernel of a convolution or a pool moves over the spatial axes of its input.
 *
 * @param kernel its size
 * @param pads what is added before each axis, then what is added behind each
 * @param input the spatial size that it reads, without pads
 * @param output the spatial size that it makes
 */
record Window(
    long[] kernel,
    long[] strides,
    long[] pads,
    long[] dilations,
    long groups,
    long[] input,
    long[] output) {

  /**
   * Reads a node's attributes.
   *
   * @param input shape of what the kernel reads, [batch, channels, ...]
   * @param output shape of what it makes
   * @throws GradientException where a spatial size is known only at run time
   */
  static Window of(NodeProto node, long[] kernel, long[] input, long[] output) {
    int axes = kernel.length;
    long[] in = Arrays.copyOfRange(input, 2, input.length);
    long[] out = Arrays.copyOfRange(output, 2, output.length);
    for (int i = 0; i < axes; i++) {
      if (in[i] == Shapes.FREE || out[i] == Shapes.FREE) {
        throw ReverseSweep.unsupported(node, "its spatial size is known only at run time");
      }
    }
    long[] ones = new long[axes];
    Arrays.fill(ones, 1);
    long[] strides = Attributes.integers(node, "strides", ones);
    long[] dilations = Attributes.integers(node, "dilations", ones);
    long[] pads = Attributes.integers(node, "pads", new long[2 * axes]);
    String auto = Attributes.text(node, "auto_pad", "NOTSET");
    if (auto.startsWith("SAME")) {
      for (int i = 0; i < axes; i++) {
        long reach = (kernel[i] - 1) * dilations[i] + 1;
        long total = Math.max(0, (out[i] - 1) * strides[i] + reach - in[i]);
        pads[i] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
        pads[axes + i] = total - pads[i];
      }
    }
    long groups = Attributes.integer(node, "group", 1);
    return new Window(kernel, strides, pads, dilations, groups, in, out);
  }

  int axes() {
    return kernel.length;
  }

  boolean padded() {
    return Arrays.stream(pads).anyMatch(pad -> pad != 0);
  }

  /** Whether each output element reads a single position. */
  boolean pointwise() {
    return groups == 1 && !padded() && Arrays.stream(kernel).allMatch(size -> size == 1);
  }

  boolean strided() {
    return Arrays.stream(strides).anyMatch(stride -> stride != 1);
  }

  /** Rows and columns at the input's end that no position of the kernel reached. */
  private long[] unreached() {
    long[] rest = new long[axes()];
    for (int i = 0; i < rest.length; i++) {
      long reach = (kernel[i] - 1) * dilations[i] + 1;
      rest[i] = input[i] + pads[i] + pads[axes() + i] - (output[i] - 1) * strides[i] - reach;
    }
    return rest;
  }

  /** Attributes of the convolution that reads {@link #input} and makes {@link #output}. */
  List<AttributeProto> forward(long inGroups) {
    return List.of(
        Attributes.of("kernel_shape", kernel),
        Attributes.of("strides", strides),
        Attributes.of("pads", pads),
        Attributes.of("dilations", dilations),
        Attributes.of("group", inGroups));
  }

  /** Attributes of the transposed convolution that leads back to {@link #input}. */
  AttributeProto[] backward(long inGroups) {
    List<AttributeProto> attributes = new ArrayList<>(forward(inGroups));
    attributes.add(Attributes.of("output_padding", unreached()));
    return attributes.toArray(AttributeProto[]::new);
  }
}
