package io.headwater.trainer.verify;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.headwater.trainer.gradient.GradientException;
import io.headwater.trainer.gradient.Tensors;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One of the ONNX project's "light" networks: a real graph whose weights are made by nodes of one
 * constant each, which random ones of a sane scale replace here.
 */
public final class LightNetwork {
  private LightNetwork() {}

  /** Checks the gradient of all of the network's weights. */
  public static GradientCheck check(byte[] model) {
    try {
      return GradientCheck.of(filled(ModelProto.parseFrom(model)));
    } catch (InvalidProtocolBufferException e) {
      throw new GradientException("the bytes are no ONNX model: " + e.getMessage());
    }
  }

  private static ModelProto filled(ModelProto model) {
    GraphProto old = model.getGraph();
    Map<String, TensorProto> constants = new HashMap<>();
    old.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
    Map<String, Float> normalising = normalising(old.getNodeList());
    GraphProto.Builder graph = old.toBuilder().clearNode();
    Random random = new Random(1);
    for (NodeProto node : old.getNodeList()) {
      TensorProto shape = constants.get(node.getInputCount() > 0 ? node.getInput(0) : "");
      if (node.getOpType().equals("ConstantOfShape") && shape != null) {
        String name = node.getOutput(0);
        graph.addInitializer(weight(name, Tensors.longs(shape), normalising.get(name), random));
      } else {
        graph.addNode(node);
      }
    }
    // Older files list initializers as inputs too.
    Set<String> given = new HashSet<>();
    graph.getInitializerList().forEach(tensor -> given.add(tensor.getName()));
    graph.clearInput();
    old.getInputList().stream()
        .filter(input -> !given.contains(input.getName()))
        .forEach(graph::addInput);
    return model.toBuilder().setGraph(graph).build();
  }

  /** Scale and variance of each batch normalisation, which no random number may be. */
  private static Map<String, Float> normalising(List<NodeProto> nodes) {
    Map<String, Float> values = new HashMap<>();
    for (NodeProto node : nodes) {
      if (node.getOpType().equals("BatchNormalization")) {
        values.put(node.getInput(1), 0.7f);
        values.put(node.getInput(4), 1f);
      }
    }
    return values;
  }

  private static TensorProto weight(
      String name, long[] dims, @Nullable Float fixed, Random random) {
    float[] values = new float[Tensors.size(dims)];
    if (fixed != null) {
      Arrays.fill(values, fixed);
    } else {
      double fanIn = dims.length > 1 ? (double) values.length / dims[0] : 0;
      double deviation = dims.length > 1 ? Math.sqrt(2 / fanIn) : 0.02;
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() * deviation);
      }
    }
    return Tensors.of(name, values, dims);
  }
}
