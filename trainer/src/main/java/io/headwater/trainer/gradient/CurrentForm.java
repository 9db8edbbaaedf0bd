package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;

/**
 * Rewrites a model for training: constants become initializers, operators older than opset 18 take
 * the form they have there, and functions are taken apart. The published model keeps its own form.
 */
public final class CurrentForm {
  /** The opset that rules read and write; models of later opsets keep theirs. */
  static final int OPSET = 18;

  private static final int IR_VERSION = 8;

  private final int opset;
  private final GraphProto.Builder graph;
  private final Emitter emit;

  private CurrentForm(ModelProto model) {
    this.opset = opset(model);
    this.graph = model.getGraph().toBuilder().clearNode();
    this.emit = new Emitter(model.getGraph());
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
    form.emit.constants().forEach(form.graph::addInitializer);
    form.graph.addAllNode(form.emit.nodes());
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
    if (FunctionBodies.has(node)) {
      FunctionBodies.expand(emit, node);
      return;
    }
    OlderForms older = new OlderForms(emit, opset);
    switch (GradientRules.standard(node) ? node.getOpType() : "") {
      case "ReduceSum", "Squeeze", "Unsqueeze" -> older.axesToInput(node, 13);
      case "ReduceMean",
          "ReduceMax",
          "ReduceMin",
          "ReduceProd",
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceSumSquare" ->
          older.axesToInput(node, 18);
      case "Softmax", "LogSoftmax" -> older.softmax(node);
      case "Clip" -> older.clip(node);
      case "Pad" -> older.pad(node);
      case "Slice" -> older.slice(node);
      case "Split" -> older.split(node);
      case "TopK" -> older.topK(node);
      case "Dropout" -> older.dropout(node);
      case "BatchNormalization" -> older.batchNormalization(node);
      case "Add", "Sub", "Mul", "Div", "Pow", "PRelu", "Gemm" -> older.broadcast(node);
      case "Reshape" -> older.reshape(node);
      case "MaxPool" -> emit.take(withIndices(node));
      default -> emit.take(node);
    }
  }

  /** The gradient of a maximum needs to know where it was. */
  private NodeProto withIndices(NodeProto node) {
    return node.getOutputCount() > 1
        ? node
        : node.toBuilder().addOutput(emit.fresh(node.getOutput(0) + "/indices")).build();
  }

  private static TensorProto constant(NodeProto node) {
    String name = node.getOutput(0);
    if (node.getAttributeCount() != 1) {
      throw new GradientException("constant '" + name + "' must have one value");
    }
    AttributeProto value = node.getAttribute(0);
    return switch (value.getName()) {
      case "value" -> value.getT().toBuilder().setName(name).build();
      case "value_float" -> Tensors.of(name, new float[] {value.getF()});
      case "value_floats" -> {
        float[] values = new float[value.getFloatsCount()];
        for (int i = 0; i < values.length; i++) {
          values[i] = value.getFloats(i);
        }
        yield Tensors.of(name, values, values.length);
      }
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
