package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/** Adds nodes of an older opset in the form that their operators have today. */
final class OlderForms {
  private final Emitter emit;
  private final int opset;

  OlderForms(Emitter emit, int opset) {
    this.emit = emit;
    this.opset = opset;
  }

  /** Axes became an input with the given opset. */
  void axesToInput(NodeProto node, int since) {
    Optional<AttributeProto> axes = Attributes.find(node, "axes");
    if (opset >= since || axes.isEmpty()) {
      emit.take(node);
      return;
    }
    long[] values = axes.get().getIntsList().stream().mapToLong(Long::longValue).toArray();
    emit.take(without(node, "axes").addInput(emit.vector(values)).build());
  }

  /** Before opset 13 softmax ran over all axes from the given one on, taken as one. */
  void softmax(NodeProto node) {
    if (opset >= 13) {
      emit.take(node);
      return;
    }
    String x = node.getInput(0);
    AttributeProto axis = Attributes.of("axis", Attributes.integer(node, "axis", 1));
    String flat = emit.node("Flatten", List.of(x), axis);
    String softmax = emit.node(node.getOpType(), List.of(flat), Attributes.of("axis", -1L));
    emit.named(node.getOutput(0), "Reshape", List.of(softmax, emit.shape(x)));
  }

  /** Before opset 7 broadcasting had to be asked for, and could start at an axis. */
  void broadcast(NodeProto node) {
    if (opset >= 7) {
      emit.take(node);
    } else if (Attributes.find(node, "axis").isPresent()) {
      throw ReverseSweep.unsupported(node, "it broadcasts from an axis, as opsets before 7 could");
    } else {
      emit.take(without(node, "broadcast", "consumed_inputs").build());
    }
  }

  /** The shape became an input with opset 5. */
  void reshape(NodeProto node) {
    if (opset >= 5) {
      emit.take(node);
      return;
    }
    emit.take(
        without(node, "shape", "consumed_inputs")
            .addInput(emit.vector(Attributes.integers(node, "shape", new long[0])))
            .build());
  }

  /** Bounds became inputs with opset 11. */
  void clip(NodeProto node) {
    if (opset >= 11) {
      emit.take(node);
      return;
    }
    emit.take(
        without(node, "min", "max")
            .addInput(emit.scalar(Attributes.real(node, "min", -Float.MAX_VALUE)))
            .addInput(emit.scalar(Attributes.real(node, "max", Float.MAX_VALUE)))
            .build());
  }

  /** Pads and filling became inputs with opset 11. */
  void pad(NodeProto node) {
    if (opset >= 11) {
      emit.take(node);
      return;
    }
    emit.take(
        without(node, "pads", "value")
            .addInput(emit.vector(Attributes.integers(node, "pads", new long[0])))
            .addInput(emit.scalar(Attributes.real(node, "value", 0)))
            .build());
  }

  /** Bounds became inputs with opset 10. */
  void slice(NodeProto node) {
    if (opset >= 10) {
      emit.take(node);
      return;
    }
    long[] starts = Attributes.integers(node, "starts", new long[0]);
    long[] axes = Attributes.integers(node, "axes", LongStream.range(0, starts.length).toArray());
    emit.take(
        without(node, "starts", "ends", "axes")
            .addInput(emit.vector(starts))
            .addInput(emit.vector(Attributes.integers(node, "ends", new long[0])))
            .addInput(emit.vector(axes))
            .build());
  }

  /** Sizes became an input with opset 13, and equal parts are said to be with 18. */
  void split(NodeProto node) {
    NodeProto.Builder split = node.toBuilder();
    Optional<AttributeProto> sizes = Attributes.find(node, "split");
    if (sizes.isPresent()) {
      split = without(node, "split");
      split.addInput(
          emit.vector(sizes.get().getIntsList().stream().mapToLong(Long::longValue).toArray()));
    } else if (opset < 18 && node.getInputCount() < 2) {
      split.addAttribute(Attributes.of("num_outputs", (long) node.getOutputCount()));
    }
    emit.take(split.build());
  }

  /** The count became an input with opset 10. */
  void topK(NodeProto node) {
    if (opset >= 10) {
      emit.take(node);
      return;
    }
    emit.take(without(node, "k").addInput(emit.vector(Attributes.integer(node, "k", 1))).build());
  }

  /** Before opset 12 the ratio was an attribute, and a graph for inference dropped nothing. */
  void dropout(NodeProto node) {
    if (opset >= 12) {
      emit.take(node);
    } else {
      emit.take(without(node, "ratio", "is_test").build());
    }
  }

  /** Before opset 9 an attribute told spatial inputs. */
  void batchNormalization(NodeProto node) {
    if (opset >= 9) {
      emit.take(node);
      return;
    }
    if (Attributes.integer(node, "spatial", 1) == 0) {
      throw ReverseSweep.unsupported(node, "it has statistics of each position");
    }
    emit.take(without(node, "spatial", "is_test", "consumed_inputs").build());
  }

  private static NodeProto.Builder without(NodeProto node, String... attributes) {
    Set<String> dropped = Set.copyOf(Arrays.asList(attributes));
    NodeProto.Builder rest = node.toBuilder().clearAttribute();
    node.getAttributeList().stream()
        .filter(attribute -> !dropped.contains(attribute.getName()))
        .forEach(rest::addAttribute);
    return rest;
  }
}
