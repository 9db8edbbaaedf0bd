package io.headwater.model.guard;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Dims of a node's first output, by the operator's definition, as far as its inputs tell them. */
final class OutputDims {
  private static final Set<String> BROADCAST =
      Operators.names(
          """
          Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less
          LessOrEqual Max Mean Min Mod Mul Or PRelu Pow Sub Sum Where Xor
          """);

  private static final Set<String> AS_THE_FIRST =
      Operators.names(
          """
          Abs Acos Asin Atan BatchNormalization Bernoulli BiasGelu Cast CastLike Ceil Celu Clip
          Cos CumSum DequantizeLinear Dropout DynamicQuantizeLinear Elu Erf Exp EyeLike FastGelu
          Floor Gelu HardSigmoid HardSwish Hardmax Identity InstanceNormalization IsInf IsNaN LRN
          LayerNormalization LeakyRelu Log LogSoftmax LpNormalization Mish Neg Not QuantizeLinear
          RandomNormalLike RandomUniformLike Reciprocal Relu Round ScatterElements ScatterND Selu
          Sigmoid Sign Sin Sinh SkipLayerNormalization Softmax Softplus Softsign Sqrt Swish Tan
          Tanh ThresholdedRelu Trilu
          """);

  private static final double LARGE = 1024;

  private OutputDims() {}

  static double @Nullable [] of(NodeProto node, List<Known> inputs) {
    String type = node.getOpType();
    if (BROADCAST.contains(type)) {
      return broadcast(inputs);
    }
    if (AS_THE_FIRST.contains(type)) {
      return dims(inputs, 0);
    }
    return switch (type) {
      case "ConstantOfShape" -> shape(numbers(inputs, 0));
      case "Expand" -> expanded(inputs);
      case "Tile" -> tiled(inputs);
      case "Range" -> range(inputs);
      case "Pad" -> padded(node, inputs);
      case "Resize", "Upsample" -> resized(node, inputs);
      case "OneHot" -> oneHot(inputs);
      case "RandomNormal", "RandomUniform" -> shape(Folding.integers(node, "shape"));
      case "CenterCropPad", "AffineGrid", "Col2Im" -> shape(numbers(inputs, 1));
      case "MaxUnpool" -> shape(numbers(inputs, 2));
      case "HannWindow", "HammingWindow", "BlackmanWindow" -> shape(numbers(inputs, 0));
      case "MelWeightMatrix" -> filters(inputs);
      case "Concat" -> concatenated(node, inputs);
      case "MatMul", "MatMulInteger", "FusedMatMul", "MatMulIntegerToFloat" -> product(inputs);
      case "Gemm" -> gemm(node, inputs);
      case "Reshape" -> reshaped(inputs);
      case "Unsqueeze" -> unsqueezed(node, inputs);
      case "Transpose" -> transposed(node, inputs);
      case "Gather" -> gathered(node, inputs);
      case "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool" -> windows(node);
      default -> null;
    };
  }

  private static double @Nullable [] dims(List<Known> inputs, int place) {
    return place < inputs.size() ? inputs.get(place).dims() : null;
  }

  private static double @Nullable [] numbers(List<Known> inputs, int place) {
    return place < inputs.size() ? inputs.get(place).numbers() : null;
  }

  /** A shape as it is asked for; what is negative or unknown is free. */
  private static double @Nullable [] shape(double @Nullable [] numbers) {
    return numbers == null
        ? null
        : Arrays.stream(numbers).map(dim -> dim >= 0 ? Math.floor(dim) : Known.FREE).toArray();
  }

  private static double @Nullable [] broadcast(List<Known> inputs) {
    double[] result = new double[0];
    for (Known input : inputs) {
      double[] dims = input.dims();
      if (dims == null) {
        return null;
      }
      result = broadcast(result, dims);
    }
    return result;
  }

  private static double[] broadcast(double[] a, double[] b) {
    int rank = Math.max(a.length, b.length);
    double[] result = new double[rank];
    for (int i = 1; i <= rank; i++) {
      double x = i <= a.length ? a[a.length - i] : 1;
      double y = i <= b.length ? b[b.length - i] : 1;
      result[rank - i] =
          x == 1 ? y : y == 1 || Double.isNaN(y) ? x : Double.isNaN(x) ? y : Math.max(x, y);
    }
    return result;
  }

  private static double @Nullable [] expanded(List<Known> inputs) {
    double[] dims = dims(inputs, 0);
    double[] wanted = shape(numbers(inputs, 1));
    return wanted == null ? null : broadcast(dims == null ? new double[0] : dims, wanted);
  }

  private static double @Nullable [] tiled(List<Known> inputs) {
    double[] repeats = shape(numbers(inputs, 1));
    if (repeats == null) {
      return null;
    }
    double[] dims = dims(inputs, 0);
    double[] result = new double[repeats.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = scaled(own(dims, i, result.length), repeats[i]);
    }
    return result;
  }

  private static double @Nullable [] range(List<Known> inputs) {
    double[] start = numbers(inputs, 0);
    double[] limit = numbers(inputs, 1);
    double[] delta = numbers(inputs, 2);
    if (start == null
        || limit == null
        || delta == null
        || start.length * limit.length * delta.length != 1) {
      return null;
    }
    double count = Math.ceil((limit[0] - start[0]) / delta[0]);
    return new double[] {Double.isNaN(count) ? Known.FREE : Math.max(0, count)};
  }

  private static double @Nullable [] padded(NodeProto node, List<Known> inputs) {
    double[] pads = Folding.integers(node, "pads");
    if (pads == null) {
      pads = Folding.integers(node, "paddings");
    }
    if (pads == null) {
      pads = numbers(inputs, 1);
    }
    if (pads == null || pads.length % 2 != 0) {
      return null;
    }
    double[] dims = dims(inputs, 0);
    int axes = pads.length / 2;
    double[] result = new double[axes];
    for (int i = 0; i < axes; i++) {
      double own = own(dims, i, axes);
      double more = zeroIfFree(pads[i]) + zeroIfFree(pads[axes + i]);
      result[i] = Double.isNaN(own) ? telling(more) : Math.max(0, own + more);
    }
    return result;
  }

  private static double @Nullable [] resized(NodeProto node, List<Known> inputs) {
    double[] sizes = shape(numbers(inputs, 3));
    if (sizes != null && sizes.length > 0) {
      return sizes;
    }
    double[] scales = numbers(inputs, inputs.size() > 2 ? 2 : 1);
    AttributeProto attribute = Folding.attribute(node, "scales");
    if (attribute != null) {
      scales = attribute.getFloatsList().stream().mapToDouble(Float::doubleValue).toArray();
    }
    if (scales == null || scales.length == 0) {
      return null;
    }
    double[] dims = dims(inputs, 0);
    double[] result = new double[scales.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.floor(scaled(own(dims, i, result.length), scales[i]));
    }
    return result;
  }

  private static double @Nullable [] oneHot(List<Known> inputs) {
    double[] depth = numbers(inputs, 1);
    double[] dims = dims(inputs, 0);
    if (depth == null || depth.length != 1) {
      return null;
    }
    return dims == null ? new double[] {depth[0]} : append(dims, depth[0]);
  }

  private static double @Nullable [] filters(List<Known> inputs) {
    double[] bins = numbers(inputs, 0);
    double[] length = numbers(inputs, 1);
    return bins == null || length == null || bins.length * length.length != 1
        ? null
        : new double[] {Math.floor(length[0] / 2) + 1, bins[0]};
  }

  private static double @Nullable [] concatenated(NodeProto node, List<Known> inputs) {
    double[] first = dims(inputs, 0);
    if (first == null || first.length == 0) {
      return null;
    }
    double[] result = first.clone();
    int axis = axis(Folding.integer(node, "axis", 0), result.length);
    double along = 0;
    for (Known input : inputs) {
      double[] dims = input.dims();
      along += dims == null || dims.length != result.length ? 0 : zeroIfFree(dims[axis]);
    }
    result[axis] = along;
    return result;
  }

  private static double @Nullable [] product(List<Known> inputs) {
    double[] a = dims(inputs, 0);
    double[] b = dims(inputs, 1);
    if (a == null || b == null || a.length < 2 || b.length < 2) {
      return null;
    }
    double[] batch = broadcast(Arrays.copyOf(a, a.length - 2), Arrays.copyOf(b, b.length - 2));
    return append(append(batch, a[a.length - 2]), b[b.length - 1]);
  }

  private static double @Nullable [] gemm(NodeProto node, List<Known> inputs) {
    double[] a = dims(inputs, 0);
    double[] b = dims(inputs, 1);
    if (a == null || b == null || a.length != 2 || b.length != 2) {
      return null;
    }
    return new double[] {
      a[Folding.integer(node, "transA", 0) == 0 ? 0 : 1],
      b[Folding.integer(node, "transB", 0) == 0 ? 1 : 0]
    };
  }

  /** A reshape makes nothing that is not there: unknown dims stay free. */
  private static double @Nullable [] reshaped(List<Known> inputs) {
    double[] wanted = numbers(inputs, 1);
    return wanted == null
        ? null
        : Arrays.stream(wanted).map(dim -> dim > 0 ? dim : Known.FREE).toArray();
  }

  private static double @Nullable [] unsqueezed(NodeProto node, List<Known> inputs) {
    double[] dims = dims(inputs, 0);
    double[] axes = Folding.integers(node, "axes");
    axes = axes == null ? numbers(inputs, 1) : axes;
    if (dims == null || axes == null || axes.length > Known.FEW) {
      return null;
    }
    double[] result = new double[dims.length + axes.length];
    for (double axis : axes) {
      result[axis((long) axis, result.length)] = 1;
    }
    int next = 0;
    for (int i = 0; i < result.length && next < dims.length; i++) {
      result[i] = result[i] == 1 ? 1 : dims[next++];
    }
    return result;
  }

  private static double @Nullable [] transposed(NodeProto node, List<Known> inputs) {
    double[] dims = dims(inputs, 0);
    double[] order = Folding.integers(node, "perm");
    if (dims == null) {
      return null;
    }
    int rank = dims.length;
    return IntStream.range(0, rank)
        .mapToDouble(
            i ->
                order == null
                    ? dims[rank - 1 - i]
                    : i < order.length ? dims[axis((long) order[i], rank)] : Known.FREE)
        .toArray();
  }

  private static double @Nullable [] gathered(NodeProto node, List<Known> inputs) {
    double[] dims = dims(inputs, 0);
    double[] places = dims(inputs, 1);
    if (dims == null || places == null || dims.length == 0) {
      return null;
    }
    int axis = axis(Folding.integer(node, "axis", 0), dims.length);
    double[] result = Arrays.copyOf(dims, dims.length - 1 + places.length);
    System.arraycopy(places, 0, result, axis, places.length);
    System.arraycopy(dims, axis + 1, result, axis + places.length, dims.length - axis - 1);
    return result;
  }

  /** Batch, channels, and of each spatial axis what padding and stride make of one input. */
  private static double @Nullable [] windows(NodeProto node) {
    double[] pads = Folding.integers(node, "pads");
    double[] strides = Folding.integers(node, "strides");
    double[] shape = Folding.integers(node, "output_shape");
    boolean grows = node.getOpType().equals("ConvTranspose");
    if (grows && shape != null) {
      return shape(shape);
    }
    if (pads == null || grows) {
      return null;
    }
    int axes = pads.length / 2;
    double[] kernel = Folding.integers(node, "kernel_shape");
    double[] result = new double[axes];
    for (int i = 0; i < axes; i++) {
      double stride = strides != null && i < strides.length ? Math.max(1, strides[i]) : 1;
      double width = kernel != null && i < kernel.length ? kernel[i] : 1;
      result[i] = Math.max(1, (pads[i] + pads[axes + i] - width) / stride);
    }
    return Arrays.stream(result).allMatch(dim -> dim == 1) ? null : result;
  }

  private static double[] append(double[] dims, double dim) {
    double[] result = Arrays.copyOf(dims, dims.length + 1);
    result[dims.length] = dim;
    return result;
  }

  private static int axis(long axis, int rank) {
    long place = axis < 0 ? axis + rank : axis;
    return (int) Math.max(0, Math.min(rank - 1L, place));
  }

  private static double own(double @Nullable [] dims, int axis, int rank) {
    return dims != null && dims.length == rank ? dims[axis] : Known.FREE;
  }

  private static double scaled(double own, double factor) {
    return Double.isNaN(own) ? telling(factor) : own * factor;
  }

  /** What is made of an unknown dim is itself unknown, unless it is large whatever that dim is. */
  private static double telling(double least) {
    return least > LARGE ? least : Known.FREE;
  }

  private static double zeroIfFree(double dim) {
    return Double.isNaN(dim) ? 0 : dim;
  }
}
