package io.headwater.model.guard;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.headwater.schemas.CategoricalFeature;
import io.headwater.schemas.Feature;
import io.headwater.schemas.ImageFeature;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.NumericFeature;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.VectorFeature;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * That a chain's segments fit: each reads the model's inputs or what those before it give, of the
 * same type and dims, and its graph is as the manifest says.
 */
final class SegmentLinks {
  private static final long FREE = -1;

  private SegmentLinks() {}

  static void check(Manifest manifest) {
    if (manifest.getSegments().isEmpty()) {
      throw refused("the version has no segments; import the model again");
    }
    Set<String> fed = fed(manifest);
    Set<String> names = new HashSet<>();
    Map<String, TensorSpec> given = new HashMap<>();
    Map<String, String> givers = new HashMap<>();
    Map<String, TensorSpec> asked = new HashMap<>();
    for (Segment segment : manifest.getSegments()) {
      String name = segment.getName();
      if (!names.add(name)) {
        throw refused("the version has two segments named '" + name + "'");
      }
      for (TensorSpec input : segment.getInputs()) {
        TensorSpec source = given.get(input.getName());
        if (source != null) {
          fits(name, input, "segment '" + givers.get(input.getName()) + "' gives", source);
          continue;
        }
        if (!fed.contains(input.getName())) {
          throw refused(
              "segment '%s' reads '%s', which no feature feeds and nothing before it gives"
                  .formatted(name, input.getName()));
        }
        TensorSpec before = asked.putIfAbsent(input.getName(), input);
        if (before != null) {
          fits(name, input, "another segment reads", before);
        }
      }
      for (TensorSpec output : segment.getOutputs()) {
        if (asked.containsKey(output.getName()) || given.put(output.getName(), output) != null) {
          throw refused(
              "segment '%s' gives '%s', which is there before it"
                  .formatted(name, output.getName()));
        }
        givers.put(output.getName(), name);
      }
    }
    if (!given.containsKey(manifest.getScored())) {
      throw refused(
          "no segment gives '" + manifest.getScored() + "', which the manifest says is scored");
    }
  }

  /** Names of the inputs that the features feed. */
  private static Set<String> fed(Manifest manifest) {
    Set<String> fed = new HashSet<>();
    for (Feature feature : manifest.getFeatures()) {
      Object spec = feature.getSpec();
      if (spec instanceof TextFeature text) {
        fed.add(text.getIdsInput());
        fed.add(text.getMaskInput());
        fed.add(text.getTypesInput());
      } else if (spec instanceof NumericFeature numbers) {
        fed.add(numbers.getInput());
      } else if (spec instanceof CategoricalFeature category) {
        fed.add(category.getInput());
      } else if (spec instanceof ImageFeature image) {
        fed.add(image.getInput());
      } else if (spec instanceof VectorFeature vector) {
        fed.add(vector.getInput());
      }
    }
    return fed;
  }

  /** That a segment's graph has the inputs and outputs that the manifest says. */
  static void matches(String what, Segment segment, GraphProto graph) {
    Set<String> filled = new HashSet<>();
    graph.getInitializerList().forEach(tensor -> filled.add(tensor.getName()));
    List<TensorSpec> inputs = new ArrayList<>();
    for (ValueInfoProto input : graph.getInputList()) {
      if (!filled.contains(input.getName())) {
        inputs.add(spec(what, input));
      }
    }
    List<TensorSpec> outputs =
        graph.getOutputList().stream().map(output -> spec(what, output)).toList();
    if (!inputs.equals(segment.getInputs()) || !outputs.equals(segment.getOutputs())) {
      throw refused(
          what + " has other inputs or outputs in its graph than in its manifest; import it again");
    }
  }

  private static void fits(String segment, TensorSpec read, String giver, TensorSpec source) {
    if (!read.getType().equals(source.getType()) || !dimsFit(read.getDims(), source.getDims())) {
      throw refused(
          "segment '%s' reads '%s' as %s %s; %s it as %s %s: publish it with the segments that it was trained on"
              .formatted(
                  segment,
                  read.getName(),
                  read.getType(),
                  read.getDims(),
                  giver,
                  source.getType(),
                  source.getDims()));
    }
  }

  private static boolean dimsFit(List<Long> read, List<Long> given) {
    if (read.size() != given.size()) {
      return false;
    }
    for (int i = 0; i < read.size(); i++) {
      long a = read.get(i);
      long b = given.get(i);
      if (a != FREE && b != FREE && a != b) {
        return false;
      }
    }
    return true;
  }

  private static TensorSpec spec(String what, ValueInfoProto value) {
    if (!value.getType().hasTensorType()) {
      throw refused(what + ": '" + value.getName() + "' is no tensor");
    }
    TypeProto.Tensor tensor = value.getType().getTensorType();
    List<Long> dims = new ArrayList<>();
    for (Dimension dim : tensor.getShape().getDimList()) {
      dims.add(dim.hasDimValue() ? dim.getDimValue() : FREE);
    }
    DataType type = DataType.forNumber(tensor.getElemType());
    String name = (type == null ? DataType.UNDEFINED : type).name().toLowerCase(Locale.ROOT);
    return new TensorSpec(value.getName(), name, dims);
  }

  private static ModelRefusedException refused(String problem) {
    return new ModelRefusedException(RefusalReason.INTERFACE, problem);
  }
}
