package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The weights of a head whose logits are divided by a temperature: those of its last linear layer,
 * divided by it. The graph stays as it is, so that a version carries its calibration in its
 * weights.
 */
public final class TemperedHead {
  private final GraphProto graph;
  private final String logits;
  private final Set<String> last = new HashSet<>();

  private TemperedHead(GraphProto graph, String logits) {
    this.graph = graph;
    this.logits = logits;
  }

  /**
   * Divides the last layer.
   *
   * @param head gives the graph
   * @param weights what some of its weights were tuned to, by initializer
   * @param temperature > 0
   * @return {@code weights} and the last layer's, which are divided
   * @throws IllegalArgumentException where the logits are not made by a Gemm or MatMul with a
   *     matrix of weights that nothing else reads, and maybe an added bias
   */
  public static Map<String, float[]> weights(
      HeadGraph head, Map<String, float[]> weights, double temperature) {
    TemperedHead tempered = new TemperedHead(head.model().getGraph(), head.logits());
    tempered.findWhatMakes(tempered.logits);
    Map<String, float[]> known = new HashMap<>(head.weights());
    known.putAll(weights);
    Map<String, float[]> divided = new HashMap<>(weights);
    for (String name : tempered.last) {
      float[] values = known.get(name);
      if (values == null) {
        throw tempered.refusal("its weight '" + name + "' can't be trained");
      }
      float[] scaled = new float[values.length];
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = (float) (values[i] / temperature);
      }
      divided.put(name, scaled);
    }
    return divided;
  }

  /** Whether a head's logits can be divided. */
  static boolean canDivide(HeadGraph head) {
    try {
      weights(head, Map.of(), 1);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void findWhatMakes(String value) {
    NodeProto node =
        maker(value).orElseThrow(() -> refusal("'" + value + "' is made by no operator"));
    switch (node.getOpType()) {
      case "Add" -> {
        int bias = isWeight(node.getInput(1)) ? 1 : 0;
        take(node.getInput(bias));
        findWhatMakes(node.getInput(1 - bias));
      }
      case "Gemm" -> {
        take(node.getInput(1));
        if (node.getInputCount() > 2) {
          take(node.getInput(2));
        }
      }
      case "MatMul" -> take(node.getInput(1));
      default -> throw refusal("a " + node.getOpType() + " makes them");
    }
  }

  private void take(String name) {
    long readers =
        graph.getNodeList().stream().filter(node -> node.getInputList().contains(name)).count();
    if (!isWeight(name)) {
      throw refusal("'" + name + "' is computed");
    }
    if (readers != 1) {
      throw refusal("its weight '" + name + "' is used elsewhere too");
    }
    last.add(name);
  }

  private boolean isWeight(String name) {
    return graph.getInitializerList().stream().map(TensorProto::getName).anyMatch(name::equals);
  }

  private Optional<NodeProto> maker(String value) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOutputList().contains(value))
        .findFirst();
  }

  private IllegalArgumentException refusal(String why) {
    return new IllegalArgumentException(
        "the head's logits '%s' can't be divided by a temperature: no linear layer of its own makes"
                .formatted(logits)
            + " them (%s); attach a head that ends in one, or leave 'training.calibration' at none"
                .formatted(why));
  }
}
