package io.headwater.trainer.gradient;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph that answers with one of its values and with the gradient of that value's product with a
 * seed; the values that it is differentiated by are its inputs.
 *
 * @param output the value
 * @param seed input that weighs each element of the output, shaped like it
 * @param gradients name of the output that holds the gradient, by wanted initializer; those that
 *     the output does not depend on are absent
 */
public record GradientGraph(
    ModelProto model, String output, String seed, Map<String, String> gradients) {
  public GradientGraph {
    gradients = Map.copyOf(gradients);
  }

  /**
   * Differentiates a model.
   *
   * @param model in {@linkplain CurrentForm current form}
   * @param wanted float32 initializers, which become inputs where the output depends on them
   * @throws GradientException where an operator in between has no gradient
   */
  public static GradientGraph of(
      ModelProto model, Shapes shapes, String output, Set<String> wanted) {
    GraphProto graph = model.getGraph();
    Emitter emit = new Emitter(graph);
    String seed = emit.fresh("seed");
    Map<String, String> found = ReverseSweep.gradients(graph, shapes, emit, wanted, output, seed);
    GraphProto.Builder both =
        graph.toBuilder().clearOutput().clearInitializer().clearInput().clearValueInfo();
    both.addInput(Tensors.value(seed, Tensors.FLOAT, shapes.of(output)));
    both.addOutput(ValueInfoProto.newBuilder().setName(output));
    for (TensorProto tensor : graph.getInitializerList()) {
      if (found.containsKey(tensor.getName())) {
        both.addInput(Tensors.value(tensor.getName(), Tensors.FLOAT, Tensors.dims(tensor)));
      } else {
        both.addInitializer(tensor);
      }
    }
    graph.getInputList().stream()
        .filter(input -> !isInitializer(graph, input.getName()))
        .forEach(both::addInput);
    Map<String, String> gradients = new LinkedHashMap<>();
    found.forEach(
        (value, gradient) -> {
          String named = emit.named(emit.fresh("gradient/" + value), "Identity", List.of(gradient));
          gradients.put(value, named);
          both.addOutput(ValueInfoProto.newBuilder().setName(named));
        });
    both.addAllNode(emit.nodes());
    emit.constants().forEach(both::addInitializer);
    return new GradientGraph(model.toBuilder().setGraph(both).build(), output, seed, gradients);
  }

  private static boolean isInitializer(GraphProto graph, String name) {
    return graph.getInitializerList().stream().anyMatch(tensor -> tensor.getName().equals(name));
  }
}
