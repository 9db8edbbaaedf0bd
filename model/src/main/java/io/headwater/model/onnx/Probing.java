package io.headwater.model.onnx;

import static java.util.Objects.requireNonNull;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Learns the shapes of a graph's values, and whether its events are independent, by running it.
 *
 * <p>A dimension that differs between runs of different sizes is free, and one that never does is
 * fixed. Free axes of the inputs get the first sizes that the graph can be run with.
 */
final class Probing {
  private static final int[] SIZES = {16, 48, 32, 64, 96, 224, 8, 28, 128, 256, 4, 3, 2, 1};
  private static final double TOLERANCE = 1e-3;
  private static final int SEED = 11;

  private final Samples samples;
  private final Map<String, ValueInfoProto> values;
  private final Map<String, Integer> sizes;
  private final boolean independent;

  private Probing(
      Samples samples,
      Map<String, ValueInfoProto> values,
      Map<String, Integer> sizes,
      boolean independent) {
    this.samples = samples;
    this.values = values;
    this.sizes = sizes;
    this.independent = independent;
  }

  /**
   * Runs the model with {@code wanted} as its outputs.
   *
   * @throws IllegalArgumentException where it can't be loaded, or run at any size
   */
  static Probing of(ModelProto model, Set<String> wanted, String scored, GraphRunner runner) {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearOutput();
    Set<String> outputs = new HashSet<>(wanted);
    outputs.add(scored);
    outputs.forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    Samples samples = new Samples(model.getGraph());
    try (GraphRunner.Loaded loaded =
        runner.load(SegmentGraphs.bytes(model.toBuilder().setGraph(graph).build()))) {
      return probe(samples, loaded, scored);
    }
  }

  private static Probing probe(Samples samples, GraphRunner.Loaded loaded, String scored) {
    Random random = new Random(SEED);
    int base = 0;
    Map<String, HostTensor> first = Map.of();
    Map<String, HostTensor> given = Map.of();
    IllegalStateException failure = null;
    for (int i = 0; i < SIZES.length && first.isEmpty(); i++) {
      try {
        base = SIZES[i];
        given = samples.draw(2, base, Map.of(), random);
        first = loaded.run(given);
      } catch (IllegalStateException e) {
        failure = failure == null ? e : failure;
        if (samples.freeAxes().isEmpty()) {
          break;
        }
      }
    }
    if (first.isEmpty()) {
      throw new IllegalArgumentException(
          "the model can't be run on a batch of 2 of any size tried: "
              + (failure == null ? "it has no output" : failure.getMessage()),
          failure);
    }
    Map<String, boolean[]> free = new LinkedHashMap<>();
    first.forEach((name, value) -> free.put(name, new boolean[value.dims().length]));
    compare(first, loaded.run(samples.draw(3, base, Map.of(), random)), free);
    for (String axis : samples.freeAxes()) {
      for (int size : SIZES) {
        try {
          if (size != base) {
            Map<String, Integer> sizes = Map.of(axis, size);
            compare(first, loaded.run(samples.draw(2, base, sizes, random)), free);
            break;
          }
        } catch (IllegalStateException e) {
          // The graph runs with no such size; that is what was asked.
        }
      }
    }
    Map<String, ValueInfoProto> values = new HashMap<>();
    first.forEach(
        (name, value) -> values.put(name, info(name, value, requireNonNull(free.get(name)))));
    Map<String, Integer> sizes = new HashMap<>();
    for (String axis : samples.freeAxes()) {
      sizes.put(axis, base);
    }
    return new Probing(
        samples,
        values,
        sizes,
        independent(loaded, given, requireNonNull(first.get(scored)), scored));
  }

  /** Name, type and dims of a value that was asked for. */
  ValueInfoProto value(String name) {
    ValueInfoProto value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("value '" + name + "' was not looked at");
    }
    return value;
  }

  /** Whether each event was answered alike alone and beside another. */
  boolean independent() {
    return independent;
  }

  /** Random events of a size that the graph can be run with. */
  Map<String, HostTensor> draw(int batch, Random random) {
    return samples.draw(batch, 1, sizes, random);
  }

  private static boolean independent(
      GraphRunner.Loaded loaded,
      Map<String, HostTensor> given,
      HostTensor together,
      String scored) {
    for (int row = 0; row < 2; row++) {
      Map<String, HostTensor> alone = new HashMap<>();
      for (Map.Entry<String, HostTensor> input : given.entrySet()) {
        alone.put(input.getKey(), Rowwise.row(input.getValue(), row));
      }
      HostTensor answer;
      try {
        answer = loaded.run(alone).get(scored);
      } catch (IllegalStateException e) {
        return false;
      }
      if (together.dims().length == 0 || together.dims()[0] != 2 || answer == null) {
        return false;
      }
      HostTensor expected = Rowwise.row(together, row);
      if (answer.difference(expected) > TOLERANCE * Math.max(1, Rowwise.largest(expected))) {
        return false;
      }
    }
    return true;
  }

  private static void compare(
      Map<String, HostTensor> one, Map<String, HostTensor> other, Map<String, boolean[]> free) {
    for (Map.Entry<String, boolean[]> entry : free.entrySet()) {
      HostTensor a = one.get(entry.getKey());
      HostTensor b = other.get(entry.getKey());
      if (a == null || b == null || a.dims().length != b.dims().length) {
        throw new IllegalArgumentException("the rank of '" + entry.getKey() + "' varies");
      }
      for (int i = 0; i < a.dims().length; i++) {
        entry.getValue()[i] |= a.dims()[i] != b.dims()[i];
      }
    }
  }

  private static ValueInfoProto info(String name, HostTensor value, boolean[] free) {
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(DataType.valueOf(value.type().toUpperCase(Locale.ROOT)).getNumber());
    tensor.getShapeBuilder();
    for (int i = 0; i < free.length; i++) {
      if (free[i]) {
        tensor
            .getShapeBuilder()
            .addDimBuilder()
            .setDimParam(i == 0 ? "batch" : Names.axis(name, i));
      } else {
        tensor.getShapeBuilder().addDimBuilder().setDimValue(value.dims()[i]);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
