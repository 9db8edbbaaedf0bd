package io.headwater.model.guard;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Computes the few numbers that shapes are made of, where a node's inputs tell them. */
final class Folding {
  private Folding() {}

  /** The node's numbers, or null where they can't be told or it is no such node. */
  static double @Nullable [] numbers(NodeProto node, List<Known> inputs) {
    return switch (node.getOpType()) {
      case "Shape" -> shape(node, inputs);
      case "Size" -> size(inputs);
      case "ConstantOfShape" -> filled(node, inputs);
      case "Identity", "Cast", "CastLike", "Reshape", "Squeeze", "Unsqueeze", "Flatten" ->
          inputs.isEmpty() ? null : inputs.get(0).numbers();
      case "Neg" -> each(inputs, x -> -x);
      case "Abs" -> each(inputs, Math::abs);
      case "Floor" -> each(inputs, Math::floor);
      case "Ceil" -> each(inputs, Math::ceil);
      case "Sqrt" -> each(inputs, Math::sqrt);
      case "Exp" -> each(inputs, Math::exp);
      case "Not" -> each(inputs, x -> x == 0 ? 1 : 0);
      case "Add", "Sum" -> pairs(inputs, Double::sum);
      case "Sub" -> pairs(inputs, (a, b) -> a - b);
      case "Mul" -> pairs(inputs, (a, b) -> a * b);
      case "Div" -> pairs(inputs, (a, b) -> a / b);
      case "Pow" -> pairs(inputs, Math::pow);
      case "Max" -> pairs(inputs, Math::max);
      case "Min" -> pairs(inputs, Math::min);
      case "BitShift" ->
          pairs(
              inputs,
              text(node, "direction").equals("LEFT")
                  ? (a, b) -> a * Math.pow(2, b)
                  : (a, b) -> Math.floor(a / Math.pow(2, b)));
      case "Equal" -> pairs(inputs, (a, b) -> a == b ? 1 : 0);
      case "Greater" -> pairs(inputs, (a, b) -> a > b ? 1 : 0);
      case "Less" -> pairs(inputs, (a, b) -> a < b ? 1 : 0);
      case "Where" -> chosen(inputs);
      case "Concat" -> joined(inputs);
      case "Gather" -> picked(inputs);
      case "ReduceProd" -> reduced(inputs, 1, (a, b) -> a * b);
      case "ReduceSum" -> reduced(inputs, 0, Double::sum);
      case "ReduceMax" -> reduced(inputs, Double.NEGATIVE_INFINITY, Math::max);
      default -> null;
    };
  }

  /** An integer attribute, or {@code otherwise} where the node lacks it. */
  static long integer(NodeProto node, String name, long otherwise) {
    AttributeProto attribute = attribute(node, name);
    return attribute == null ? otherwise : attribute.getI();
  }

  /** An attribute's integers, or null where the node lacks it. */
  static double @Nullable [] integers(NodeProto node, String name) {
    AttributeProto attribute = attribute(node, name);
    return attribute == null
        ? null
        : attribute.getIntsList().stream().mapToDouble(Long::doubleValue).toArray();
  }

  static @Nullable AttributeProto attribute(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static String text(NodeProto node, String name) {
    AttributeProto attribute = attribute(node, name);
    return attribute == null ? "" : attribute.getS().toStringUtf8();
  }

  private static double @Nullable [] shape(NodeProto node, List<Known> inputs) {
    double[] dims = inputs.isEmpty() ? null : inputs.get(0).dims();
    if (dims == null || dims.length > Known.FEW) {
      return null;
    }
    int from = place(integer(node, "start", 0), dims.length);
    int to = place(integer(node, "end", dims.length), dims.length);
    return Arrays.copyOfRange(dims, from, Math.max(from, to));
  }

  private static int place(long index, int length) {
    long place = index < 0 ? index + length : index;
    return (int) Math.max(0, Math.min(length, place));
  }

  private static double @Nullable [] size(List<Known> inputs) {
    double[] dims = inputs.isEmpty() ? null : inputs.get(0).dims();
    return dims == null ? null : new double[] {Arrays.stream(dims).reduce(1, (a, b) -> a * b)};
  }

  private static double @Nullable [] filled(NodeProto node, List<Known> inputs) {
    double[] dims = inputs.isEmpty() ? null : inputs.get(0).numbers();
    double count = dims == null ? Double.NaN : Known.shaped(dims, true).elements();
    if (!(count <= Known.FEW)) {
      return null;
    }
    AttributeProto attribute = attribute(node, "value");
    double[] value = attribute == null ? new double[1] : ValueSizes.numbers(attribute.getT());
    double[] numbers = new double[(int) count];
    Arrays.fill(numbers, value == null || value.length == 0 ? Double.NaN : value[0]);
    return numbers;
  }

  private static double @Nullable [] each(List<Known> inputs, DoubleUnaryOperator rule) {
    double[] numbers = inputs.isEmpty() ? null : inputs.get(0).numbers();
    return numbers == null ? null : Arrays.stream(numbers).map(rule).toArray();
  }

  private static double @Nullable [] pairs(List<Known> inputs, DoubleBinaryOperator rule) {
    if (inputs.isEmpty()) {
      return null;
    }
    double[] result = inputs.get(0).numbers();
    for (Known input : inputs.subList(1, inputs.size())) {
      double[] a = result;
      double[] b = input.numbers();
      if (a == null || b == null || !(a.length == b.length || a.length == 1 || b.length == 1)) {
        return null;
      }
      result =
          IntStream.range(0, a.length == 1 ? b.length : a.length)
              .mapToDouble(i -> known(a[a.length == 1 ? 0 : i], b[b.length == 1 ? 0 : i], rule))
              .toArray();
    }
    return result;
  }

  private static double known(double a, double b, DoubleBinaryOperator rule) {
    return Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : rule.applyAsDouble(a, b);
  }

  private static double @Nullable [] chosen(List<Known> inputs) {
    if (inputs.size() != 3) {
      return null;
    }
    double[] condition = inputs.get(0).numbers();
    double[] yes = inputs.get(1).numbers();
    double[] no = inputs.get(2).numbers();
    if (condition == null || yes == null || no == null) {
      return null;
    }
    int count = Math.max(condition.length, Math.max(yes.length, no.length));
    if (!fits(condition, count) || !fits(yes, count) || !fits(no, count)) {
      return null;
    }
    return IntStream.range(0, count)
        .mapToDouble(
            i -> {
              double choice = condition[condition.length == 1 ? 0 : i];
              return Double.isNaN(choice)
                  ? Double.NaN
                  : choice != 0 ? yes[yes.length == 1 ? 0 : i] : no[no.length == 1 ? 0 : i];
            })
        .toArray();
  }

  private static boolean fits(double[] numbers, int count) {
    return numbers.length == 1 || numbers.length == count;
  }

  private static double @Nullable [] joined(List<Known> inputs) {
    DoubleStream all = DoubleStream.empty();
    int count = 0;
    for (Known input : inputs) {
      double[] numbers = input.numbers();
      count += numbers == null ? 0 : numbers.length;
      if (numbers == null || count > Known.FEW) {
        return null;
      }
      all = DoubleStream.concat(all, Arrays.stream(numbers));
    }
    return all.toArray();
  }

  private static double @Nullable [] picked(List<Known> inputs) {
    double[] from = inputs.size() < 2 ? null : inputs.get(0).numbers();
    double[] places = from == null ? null : inputs.get(1).numbers();
    double[] dims = from == null ? null : inputs.get(0).dims();
    if (from == null || places == null || dims == null || dims.length != 1) {
      return null;
    }
    return Arrays.stream(places)
        .map(
            place -> {
              double at = place < 0 ? place + from.length : place;
              return at >= 0 && at < from.length ? from[(int) at] : Double.NaN;
            })
        .toArray();
  }

  private static double @Nullable [] reduced(
      List<Known> inputs, double start, DoubleBinaryOperator rule) {
    double[] numbers = inputs.isEmpty() ? null : inputs.get(0).numbers();
    double[] dims = inputs.isEmpty() ? null : inputs.get(0).dims();
    if (numbers == null || dims == null || dims.length > 1) {
      return null;
    }
    return new double[] {Arrays.stream(numbers).reduce(start, (a, b) -> known(a, b, rule))};
  }
}
