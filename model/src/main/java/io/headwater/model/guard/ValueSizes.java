package io.headwater.model.guard;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Follows the sizes of a graph's values from its constants, and refuses a graph of which one value,
 * or all constant ones together, would be out of all proportion.
 *
 * <p>Not safe for use by several threads.
 */
final class ValueSizes {
  /** Makers whose shape must be told where it depends on constants alone. */
  private static final Set<String> BY_SHAPE =
      Set.of("ConstantOfShape", "Expand", "Tile", "Range", "OneHot");

  private final String what;
  private final ModelLimits limits;
  private final Map<String, Known> values = new HashMap<>();
  private double stored;
  private double constants;

  ValueSizes(String what, ModelLimits limits) {
    this.what = what;
    this.limits = limits;
  }

  /** Follows a graph; what its nodes hold in subgraphs or functions is followed on its own. */
  void check(GraphProto graph) {
    for (ValueInfoProto input : graph.getInputList()) {
      values.put(input.getName(), Known.shaped(dims(input), false));
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      Known known = known(tensor);
      values.put(tensor.getName(), known);
      stored += known.elements();
    }
    check(graph.getNodeList());
  }

  /** Follows nodes of which only the constants among them are known. */
  void check(List<NodeProto> nodes) {
    for (NodeProto node : nodes) {
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          new ValueSizes(what, limits).check(attribute.getG());
        }
        attribute.getGraphsList().forEach(graph -> new ValueSizes(what, limits).check(graph));
      }
      follow(node);
    }
  }

  private void follow(NodeProto node) {
    List<Known> inputs =
        node.getInputList().stream().map(name -> values.getOrDefault(name, Known.NOTHING)).toList();
    boolean constant =
        IntStream.range(0, inputs.size())
            .allMatch(i -> node.getInput(i).isEmpty() || inputs.get(i).constant());
    Known made = made(node, inputs, constant);
    if (made.dims() == null && constant && BY_SHAPE.contains(node.getOpType())) {
      throw refused(node, "makes a value whose size its constants don't tell");
    }
    double elements = made.elements();
    if (elements > limits.maxElements()) {
      throw refused(
          node,
          "makes a value of at least %.0f elements; at most %d are computed"
              .formatted(elements, limits.maxElements()));
    }
    if (constant) {
      constants += elements;
      if (constants > limits.maxConstantElements() + 4 * stored) {
        throw refused(
            node,
            "takes the values that are made from constants alone beyond "
                + limits.maxConstantElements()
                + " elements");
      }
    }
    if (node.getOutputCount() > 0) {
      values.put(node.getOutput(0), made);
      // Further outputs are of the first's order of size or less; nothing is told of them.
      for (String output : node.getOutputList().subList(1, node.getOutputCount())) {
        values.put(output, Known.shaped(null, constant));
      }
    }
  }

  private static Known made(NodeProto node, List<Known> inputs, boolean constant) {
    if (node.getOpType().equals("Constant")) {
      return constant(node);
    }
    double[] numbers = Folding.numbers(node, inputs);
    double[] dims = OutputDims.of(node, inputs);
    if (numbers != null && (dims == null || dims.length == 1)) {
      boolean scalar = node.getOpType().equals("Squeeze") && numbers.length == 1;
      dims = scalar ? new double[0] : new double[] {numbers.length};
    }
    return new Known(
        dims, numbers == null || numbers.length > Known.FEW ? null : numbers, constant);
  }

  private static Known constant(NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      switch (attribute.getName()) {
        case "value" -> {
          return known(attribute.getT());
        }
        case "value_int" -> {
          return new Known(new double[0], new double[] {attribute.getI()}, true);
        }
        case "value_float" -> {
          return new Known(new double[0], new double[] {attribute.getF()}, true);
        }
        case "value_ints" -> {
          return Known.vector(
              attribute.getIntsList().stream().mapToDouble(Long::doubleValue).toArray(), true);
        }
        case "value_floats" -> {
          return Known.vector(
              attribute.getFloatsList().stream().mapToDouble(Float::doubleValue).toArray(), true);
        }
        default -> {}
      }
    }
    return Known.shaped(null, true);
  }

  private static Known known(TensorProto tensor) {
    double[] dims = tensor.getDimsList().stream().mapToDouble(Long::doubleValue).toArray();
    return new Known(dims, numbers(tensor), true);
  }

  /** The numbers of a small tensor that holds them, or null. */
  static double @Nullable [] numbers(TensorProto tensor) {
    double count = 1;
    for (long dim : tensor.getDimsList()) {
      count *= dim;
    }
    if (!(count <= Known.FEW)) {
      return null;
    }
    double[] numbers =
        switch (TensorChecks.type(tensor)) {
          case INT64 -> longs(tensor);
          case INT32 -> ints(tensor);
          case FLOAT -> floats(tensor);
          case BOOL, UINT8 -> bytes(tensor);
          case DOUBLE -> doubles(tensor);
          default -> null;
        };
    return numbers == null || numbers.length != count ? null : numbers;
  }

  private static double[] longs(TensorProto tensor) {
    ByteBuffer raw = raw(tensor);
    return raw.hasRemaining()
        ? IntStream.range(0, raw.remaining() / 8).mapToDouble(i -> raw.getLong(8 * i)).toArray()
        : tensor.getInt64DataList().stream().mapToDouble(Long::doubleValue).toArray();
  }

  private static double[] ints(TensorProto tensor) {
    ByteBuffer raw = raw(tensor);
    return raw.hasRemaining()
        ? IntStream.range(0, raw.remaining() / 4).mapToDouble(i -> raw.getInt(4 * i)).toArray()
        : tensor.getInt32DataList().stream().mapToDouble(Integer::doubleValue).toArray();
  }

  private static double[] floats(TensorProto tensor) {
    ByteBuffer raw = raw(tensor);
    return raw.hasRemaining()
        ? IntStream.range(0, raw.remaining() / 4).mapToDouble(i -> raw.getFloat(4 * i)).toArray()
        : tensor.getFloatDataList().stream().mapToDouble(Float::doubleValue).toArray();
  }

  private static double[] doubles(TensorProto tensor) {
    ByteBuffer raw = raw(tensor);
    return raw.hasRemaining()
        ? IntStream.range(0, raw.remaining() / 8).mapToDouble(i -> raw.getDouble(8 * i)).toArray()
        : tensor.getDoubleDataList().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double[] bytes(TensorProto tensor) {
    ByteBuffer raw = raw(tensor);
    return raw.hasRemaining()
        ? IntStream.range(0, raw.remaining()).mapToDouble(i -> raw.get(i) & 0xff).toArray()
        : tensor.getInt32DataList().stream().mapToDouble(Integer::doubleValue).toArray();
  }

  /** The raw bytes from place 0 on. */
  private static ByteBuffer raw(TensorProto tensor) {
    ByteString raw = tensor.getRawData();
    return raw.asReadOnlyByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static double @Nullable [] dims(ValueInfoProto value) {
    if (!value.getType().hasTensorType() || !value.getType().getTensorType().hasShape()) {
      return null;
    }
    double[] dims =
        value.getType().getTensorType().getShape().getDimList().stream()
            .mapToDouble(dim -> dim.hasDimValue() ? dim.getDimValue() : Known.FREE)
            .toArray();
    return Arrays.stream(dims).anyMatch(dim -> dim < 0) ? null : dims;
  }

  private ModelRefusedException refused(NodeProto node, String problem) {
    return new ModelRefusedException(
        RefusalReason.BOMB,
        what + ": " + GraphChecks.named(node) + " " + problem + "; simplify the model");
  }
}
