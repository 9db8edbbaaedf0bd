package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Random inputs that a graph can run on: numbers in [-1, 1), indices within the tables that they
 * select from, and other integers of 0 and 1, each row beginning with 1 as a mask does.
 */
public final class Samples {
  private final List<ValueInfoProto> inputs;
  private final Map<String, Long> tableRows = new HashMap<>();

  Samples(GraphProto graph) {
    Map<String, Long> rows = new HashMap<>();
    Set<String> filled = new LinkedHashSet<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      filled.add(tensor.getName());
      if (tensor.getDimsCount() > 0) {
        rows.put(tensor.getName(), tensor.getDims(0));
      }
    }
    inputs = new ArrayList<>();
    graph.getInputList().stream()
        .filter(input -> !filled.contains(input.getName()))
        .forEach(inputs::add);
    Map<String, String> casts = new HashMap<>();
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("Cast")) {
        casts.put(node.getOutput(0), node.getInput(0));
      } else if (node.getOpType().equals("Gather") && rows.containsKey(node.getInput(0))) {
        String index = casts.getOrDefault(node.getInput(1), node.getInput(1));
        tableRows.merge(index, rows.get(node.getInput(0)), Math::min);
      }
    }
  }

  List<ValueInfoProto> inputs() {
    return inputs;
  }

  /** Names of the axes, behind the batch, that the graph leaves free; equal names vary together. */
  Set<String> freeAxes() {
    Set<String> axes = new LinkedHashSet<>();
    for (ValueInfoProto input : inputs) {
      List<Dimension> dims = dims(input);
      for (int i = 1; i < dims.size(); i++) {
        if (!isFixed(dims.get(i))) {
          axes.add(axis(input, i));
        }
      }
    }
    return axes;
  }

  /**
   * Draws a batch.
   *
   * @param sizes of the free axes, by name; others get {@code otherwise}
   * @throws IllegalArgumentException for an input of a type that can't be drawn
   */
  Map<String, HostTensor> draw(
      int batch, int otherwise, Map<String, Integer> sizes, Random random) {
    Map<String, HostTensor> drawn = new LinkedHashMap<>();
    for (ValueInfoProto input : inputs) {
      List<Dimension> dims = dims(input);
      long[] shape = new long[dims.size()];
      for (int i = 0; i < shape.length; i++) {
        boolean fixed = isFixed(dims.get(i));
        if (i == 0) {
          shape[i] = fixed ? dims.get(i).getDimValue() : batch;
        } else {
          shape[i] =
              fixed ? dims.get(i).getDimValue() : sizes.getOrDefault(axis(input, i), otherwise);
        }
      }
      drawn.put(input.getName(), draw(input, shape, random));
    }
    return drawn;
  }

  private HostTensor draw(ValueInfoProto input, long[] shape, Random random) {
    if (!input.getType().hasTensorType()) {
      throw new IllegalArgumentException("input '" + input.getName() + "' is no tensor");
    }
    DataType type = DataType.forNumber(input.getType().getTensorType().getElemType());
    long count = 1;
    for (long dim : shape) {
      count = Math.multiplyExact(count, dim);
    }
    if (count > 1 << 28) {
      throw new IllegalArgumentException(
          "input '" + input.getName() + "' holds " + count + " values; too many to try");
    }
    int width =
        switch (type == null ? DataType.UNDEFINED : type) {
          case FLOAT, INT32, UINT32 -> 4;
          case DOUBLE, INT64, UINT64 -> 8;
          case BOOL, INT8, UINT8 -> 1;
          case FLOAT16 -> 2;
          default ->
              throw new IllegalArgumentException(
                  "input '%s' is of type %s, which no event can be made into"
                      .formatted(input.getName(), type));
        };
    ByteBuffer bytes = HostTensor.direct(Math.multiplyExact(width, Math.toIntExact(count)));
    int row = shape.length == 0 ? 1 : Math.max(1, (int) (count / Math.max(1, shape[0])));
    int most = (int) Math.min(Integer.MAX_VALUE, tableRows.getOrDefault(input.getName(), 2L));
    for (int i = 0; i < count; i++) {
      int whole = most == 2 && i % row == 0 ? 1 : random.nextInt(Math.max(1, most));
      switch (type) {
        case FLOAT -> bytes.putFloat(2 * random.nextFloat() - 1);
        case DOUBLE -> bytes.putDouble(2 * random.nextDouble() - 1);
        case INT32, UINT32 -> bytes.putInt(whole);
        case INT64, UINT64 -> bytes.putLong(whole);
        case FLOAT16 -> bytes.putShort((short) (0x3800 | random.nextInt(1 << 10)));
        default -> bytes.put((byte) (most == 2 ? whole : random.nextInt(2)));
      }
    }
    return new HostTensor(type.name().toLowerCase(Locale.ROOT), shape, bytes.rewind());
  }

  private static List<Dimension> dims(ValueInfoProto input) {
    return input.getType().getTensorType().getShape().getDimList();
  }

  private static boolean isFixed(Dimension dim) {
    return dim.hasDimValue() && dim.getDimValue() > 0;
  }

  private static String axis(ValueInfoProto input, int index) {
    String name = dims(input).get(index).getDimParam();
    return name.isEmpty() ? input.getName() + "#" + index : name;
  }
}
