package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which of a sentence encoder's inputs takes what, and where its hidden states come out.
 *
 * @param types input of token types, or null where the encoder takes none
 * @param width of the hidden states
 */
record EncoderInterface(
    String ids, String mask, @Nullable String types, ValueInfoProto hidden, long width) {
  private static final int IDS_AND_MASK = 2;
  private static final int WITH_TYPES = 3;

  /**
   * Finds them by name, else by position: ids, mask, types.
   *
   * @throws IllegalArgumentException naming what is missing or not understood
   */
  static EncoderInterface of(GraphProto graph) {
    List<String> inputs = inputs(graph);
    String ids = only(inputs, name -> name.equals("ids") || name.contains("input_ids"));
    String mask = only(inputs, name -> name.contains("mask"));
    String types = only(inputs, name -> name.contains("type") || name.contains("segment"));
    if (ids == null && mask == null && types == null && inputs.size() <= WITH_TYPES) {
      ids = inputs.isEmpty() ? null : inputs.get(0);
      mask = inputs.size() < IDS_AND_MASK ? null : inputs.get(1);
      types = inputs.size() < WITH_TYPES ? null : inputs.get(2);
    }
    if (ids == null || mask == null) {
      throw new IllegalArgumentException(
          "the encoder lacks an input of %s (int64 [batch, tokens]); it has %s"
              .formatted(ids == null ? "token ids" : "the attention mask", inputs));
    }
    List<String> others = new ArrayList<>(inputs);
    others.remove(ids);
    others.remove(mask);
    if (types != null) {
      others.remove(types);
    }
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          "the encoder has inputs besides ids, mask and types: " + others);
    }
    ValueInfoProto hidden = hidden(graph);
    return new EncoderInterface(ids, mask, types, hidden, Specs.of(hidden).getDims().get(2));
  }

  private static List<String> inputs(GraphProto graph) {
    Set<String> filled =
        graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    List<String> inputs = new ArrayList<>();
    for (ValueInfoProto input : graph.getInputList()) {
      if (filled.contains(input.getName())) {
        continue;
      }
      TensorSpec spec = Specs.of(input);
      if (!spec.getType().equals("int64") || spec.getDims().size() != 2) {
        throw new IllegalArgumentException(
            "the encoder's input '%s' is %s %s; wanted int64 [batch, tokens]"
                .formatted(spec.getName(), spec.getType(), spec.getDims()));
      }
      inputs.add(input.getName());
    }
    return inputs;
  }

  private static ValueInfoProto hidden(GraphProto graph) {
    if (graph.getOutputCount() == 0) {
      throw new IllegalArgumentException("the encoder has no output");
    }
    ValueInfoProto output = graph.getOutput(0);
    TensorSpec spec = Specs.of(output);
    if (!spec.getType().equals("float")
        || spec.getDims().size() != 3
        || spec.getDims().get(2) < 1) {
      throw new IllegalArgumentException(
          ("the encoder's first output '%s' is %s %s;"
                  + " wanted float [batch, tokens, width] with a known width")
              .formatted(spec.getName(), spec.getType(), spec.getDims()));
    }
    return output;
  }

  private static @Nullable String only(List<String> inputs, Predicate<String> fits) {
    List<String> found = inputs.stream().filter(fits).toList();
    return found.size() == 1 ? found.get(0) : null;
  }
}
