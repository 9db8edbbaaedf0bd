package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One step of training as one graph: forward pass, loss, and the loss's gradient with respect to
 * every trained weight.
 *
 * <p>The loss is the weighted mean of the examples' {@linkplain Loss losses}. Its inputs are those
 * of the model, the targets (float, a row per example), the examples' weights (float, one per
 * example) and the trained weights; its outputs the loss (a scalar) and the gradients.
 *
 * @param targets name of the input that takes the targets
 * @param exampleWeights name of the input that takes the examples' weights
 * @param loss name of the output that holds the loss
 */
public record TrainingGraph(
    ModelProto model,
    String targets,
    String exampleWeights,
    String loss,
    List<TrainedWeight> trained) {

  /**
   * A weight that training changes.
   *
   * @param name of the initializer, now an input
   * @param gradient name of the output that holds its gradient, shaped like it
   */
  public record TrainedWeight(String name, long[] dims, String gradient) {}

  public TrainingGraph {
    trained = List.copyOf(trained);
  }

  /** Differentiates a model whose loss is the softmax cross-entropy of its logits. */
  public static TrainingGraph of(
      ModelProto model, Shapes shapes, String logits, Set<String> wanted) {
    return of(model, shapes, logits, wanted, Loss.softmax());
  }

  /**
   * Differentiates a model.
   *
   * @param model in {@linkplain CurrentForm current form}
   * @param output the value, of shape [batch, outputs], that the loss judges: logits, not
   *     probabilities, where it is a cross-entropy
   * @param wanted initializers to train, in the order wished for
   * @throws GradientException where an operator has no gradient, or none reaches a weight
   */
  public static TrainingGraph of(
      ModelProto model, Shapes shapes, String output, Set<String> wanted, Loss kind) {
    GraphProto graph = model.getGraph();
    Emitter emit = new Emitter(graph);
    String targets = emit.fresh("targets");
    String weights = emit.fresh("weights");
    String loss = emit.fresh("loss");

    String share = emit.div(weights, emit.sum(weights, false, 0));
    Loss.Emitted emitted = kind.emit(emit, output, targets);
    emit.named(
        loss,
        "ReduceSum",
        List.of(emit.mul(emitted.perExample(), share), emit.vector(0)),
        Attributes.of("keepdims", 0L));
    String seed = emit.mul(emitted.slope(), emit.op("Unsqueeze", share, emit.vector(1)));
    Map<String, String> gradients =
        ReverseSweep.gradients(graph, shapes, emit, wanted, output, seed);

    Map<String, TensorProto> initializers = new LinkedHashMap<>();
    graph.getInitializerList().forEach(tensor -> initializers.put(tensor.getName(), tensor));
    List<TrainedWeight> trained = new ArrayList<>();
    for (String name : wanted) {
      trained.add(trained(name, initializers, gradients, emit));
    }
    return new TrainingGraph(
        assemble(model, emit, targets, weights, loss, trained, initializers, shapes.of(output)),
        targets,
        weights,
        loss,
        trained);
  }

  private static TrainedWeight trained(
      String name,
      Map<String, TensorProto> initializers,
      Map<String, String> gradients,
      Emitter emit) {
    TensorProto tensor = initializers.get(name);
    if (tensor == null || tensor.getDataType() != Tensors.FLOAT) {
      throw new GradientException("'" + name + "' is no float32 weight of the model");
    }
    String gradient = gradients.get(name);
    if (gradient == null) {
      throw new GradientException("no gradient reaches weight '" + name + "': freeze it");
    }
    // An output of its own, as two weights may share one gradient.
    String output = emit.named(emit.fresh("gradient/" + name), "Identity", List.of(gradient));
    return new TrainedWeight(name, Tensors.dims(tensor), output);
  }

  private static ModelProto assemble(
      ModelProto model,
      Emitter emit,
      String targets,
      String weights,
      String loss,
      List<TrainedWeight> trained,
      Map<String, TensorProto> initializers,
      long[] logitsShape) {
    GraphProto.Builder step =
        model.getGraph().toBuilder()
            .setName("training-step")
            .clearOutput()
            .clearInitializer()
            .clearInput()
            .clearValueInfo();
    for (ValueInfoProto input : model.getGraph().getInputList()) {
      if (!initializers.containsKey(input.getName())) {
        step.addInput(input);
      }
    }
    step.addInput(Tensors.value(targets, Tensors.FLOAT, Shapes.FREE, logitsShape[1]));
    step.addInput(Tensors.value(weights, Tensors.FLOAT, Shapes.FREE));
    step.addOutput(Tensors.value(loss, Tensors.FLOAT));
    Map<String, TensorProto> frozen = new HashMap<>(initializers);
    for (TrainedWeight weight : trained) {
      step.addInput(Tensors.value(weight.name(), Tensors.FLOAT, weight.dims()));
      step.addOutput(Tensors.value(weight.gradient(), Tensors.FLOAT, weight.dims()));
      frozen.remove(weight.name());
    }
    initializers.values().stream()
        .filter(tensor -> frozen.containsKey(tensor.getName()))
        .forEach(step::addInitializer);
    step.addAllNode(emit.nodes());
    emit.constants().forEach(step::addInitializer);
    return model.toBuilder().setGraph(step).build();
  }
}
