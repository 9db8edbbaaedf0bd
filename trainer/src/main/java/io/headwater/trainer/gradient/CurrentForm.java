package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Optional;

/**
 * Rewrites a model for training: constants become initializers, and operators older than opset 18
 * take the form they have there. The published model keeps its own form.
 */
public final class CurrentForm {
  /** The opset that rules read and write; models of later opsets keep theirs. */
  static final int OPSET = 18;

  private static final int IR_VERSION = 8;

  private final int opset;
  private final GraphProto.Builder graph;

  private CurrentForm(ModelProto model) {
    this.opset = opset(model);
    this.graph = model.getGraph().toBuilder().clearNode();
  }

  /**
   * The same function in current form.
   *
   * @throws GradientException for a form of an operator that has no current one
   */
  public static ModelProto of(ModelProto model) {
    CurrentForm form = new CurrentForm(model);
    for (NodeProto node : model.getGraph().getNodeList()) {
      if (node.getOpType().equals("Constant")) {
        form.graph.addInitializer(constant(node));
      } else {
        form.add(node);
      }
    }
    ModelProto.Builder current = model.toBuilder().setGraph(form.graph);
    if (form.opset < OPSET) {
      current
          .setIrVersion(Math.max(IR_VERSION, model.getIrVersion()))
          .clearOpsetImport()
          .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET));
      model.getOpsetImportList().stream()
          .filter(set -> !standard(set))
          .forEach(current::addOpsetImport);
    }
    return current.build();
  }

  private static int opset(ModelProto model) {
    return model.getOpsetImportList().stream()
        .filter(CurrentForm::standard)
        .findFirst()
        .map(set -> Math.toIntExact(set.getVersion()))
        .orElseThrow(() -> new GradientException("the model imports no standard operator set"));
  }

  private static boolean standard(OperatorSetIdProto set) {
    return set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx");
  }

  private void add(NodeProto node) {
    switch (node.getOpType()) {
      case "ReduceSum", "Squeeze", "Unsqueeze" ->
          graph.addNode(opset < 13 ? axesToInput(node) : node);
      case "ReduceMean", "ReduceL2" -> graph.addNode(opset < OPSET ? axesToInput(node) : node);
      case "Softmax", "LogSoftmax" -> {
        if (opset < 13) {
          addFlatSoftmax(node);
        } else {
          graph.addNode(node);
        }
      }
      case "Clip" -> {
        if (opset < 11) {
          throw new GradientException(
              "no gradient for Clip of opset %d (node %s): freeze up to there"
                  .formatted(opset, GradientRules.name(node)));
        }
        graph.addNode(node);
      }
      default -> graph.addNode(node);
    }
  }

  private NodeProto axesToInput(NodeProto node) {
    Optional<AttributeProto> axes = Attributes.find(node, "axes");
    if (axes.isEmpty()) {
      return node;
    }
    String name = node.getOutput(0) + "/axes";
    long[] values = axes.get().getIntsList().stream().mapToLong(Long::longValue).toArray();
    graph.addInitializer(Tensors.of(name, values, values.length));
    NodeProto.Builder moved = node.toBuilder().clearAttribute().addInput(name);
    node.getAttributeList().stream()
        .filter(attribute -> !attribute.getName().equals("axes"))
        .forEach(moved::addAttribute);
    return moved.build();
  }

  /** Before opset 13 softmax ran over all axes from the given one on, taken as one. */
  private void addFlatSoftmax(NodeProto node) {
    String x = node.getInput(0);
    String y = node.getOutput(0);
    graph.addNode(
        node("Flatten", y + "/flat", x)
            .addAttribute(Attributes.of("axis", Attributes.integer(node, "axis", 1))));
    graph.addNode(
        node(node.getOpType(), y + "/softmax", y + "/flat")
            .addAttribute(Attributes.of("axis", -1L)));
    graph.addNode(node("Shape", y + "/shape", x));
    graph.addNode(node("Reshape", y, y + "/softmax").addInput(y + "/shape"));
  }

  private static NodeProto.Builder node(String type, String output, String input) {
    return NodeProto.newBuilder().setName(output).setOpType(type).addInput(input).addOutput(output);
  }

  private static TensorProto constant(NodeProto node) {
    String name = node.getOutput(0);
    AttributeProto value = node.getAttribute(0);
    return switch (value.getName()) {
      case "value" -> value.getT().toBuilder().setName(name).build();
      case "value_float" -> Tensors.of(name, new float[] {value.getF()});
      case "value_int" -> Tensors.of(name, new long[] {value.getI()});
      case "value_ints" -> {
        long[] values = value.getIntsList().stream().mapToLong(Long::longValue).toArray();
        yield Tensors.of(name, values, values.length);
      }
      default ->
          throw new GradientException(
              "constant '" + name + "' has the unknown form " + value.getName());
    };
  }
}
