package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.CodedOutputStream;
import io.headwater.model.guard.ModelGuard;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.Digest;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Weight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Takes a segment's graph apart into blobs, and puts it together from them. */
public final class SegmentGraphs {
  private SegmentGraphs() {}

  /** A segment and the blobs that it names: its graph without weights, then its weights. */
  record Parts(Segment segment, List<byte[]> blobs) {}

  /** Takes the weights out of a graph; what is left is a blob of its own. */
  static Parts split(String name, ModelProto model, boolean trainable) {
    GraphProto.Builder skeleton = model.getGraph().toBuilder();
    List<byte[]> blobs = new ArrayList<>();
    List<Weight> weights = new ArrayList<>();
    Set<String> lone = loneWeights(model.getGraph());
    for (int i = 0; i < skeleton.getInitializerCount(); i++) {
      TensorProto tensor = skeleton.getInitializer(i);
      if (Tensors.isWeight(tensor) || lone.contains(tensor.getName())) {
        byte[] bytes = Tensors.bytes(tensor);
        blobs.add(bytes);
        weights.add(new Weight(tensor.getName(), Digest.of(bytes)));
        skeleton.setInitializer(i, Tensors.withoutBytes(tensor));
      }
    }
    byte[] graph = model.toBuilder().setGraph(skeleton).build().toByteArray();
    blobs.add(0, graph);
    Segment segment =
        Segment.newBuilder()
            .setName(name)
            .setGraph(Digest.of(graph))
            .setWeights(weights)
            .setInputs(Specs.of(skeleton.getInputList()))
            .setOutputs(Specs.of(skeleton.getOutputList()))
            .setTrainable(trainable)
            .build();
    return new Parts(segment, blobs);
  }

  /** Weights of a single number: of a layer with one output, and what is added behind a product. */
  private static Set<String> loneWeights(GraphProto graph) {
    Set<String> products = new HashSet<>();
    Set<String> read = new HashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      switch (node.getOpType()) {
        case "MatMul" -> {
          products.addAll(node.getOutputList());
          read.addAll(node.getInputList());
        }
        case "Gemm", "Conv" -> read.addAll(node.getInputList());
        case "Add" -> {
          if (node.getInputList().stream().anyMatch(products::contains)) {
            read.addAll(node.getInputList());
          }
        }
        default -> {}
      }
    }
    return graph.getInitializerList().stream()
        .filter(tensor -> tensor.getDataType() == DataType.FLOAT.getNumber())
        .map(TensorProto::getName)
        .filter(read::contains)
        .collect(Collectors.toSet());
  }

  /** One segment as {@link #assemble(List, Blobs, Set)} gives it, with all its outputs. */
  public static ByteBuffer assemble(Segment segment, Blobs blobs) {
    return bytes(model(segment, blobs));
  }

  /**
   * Consecutive segments as one ONNX file in direct memory, as ONNX Runtime takes it.
   *
   * @param outputs what it is to answer; values that a later one of the segments reads are else
   *     answered no more
   * @throws IllegalArgumentException naming the tensor whose bytes don't fit its dims and type, are
   *     missing or superfluous, or the interface that is not as the segment says
   */
  public static ByteBuffer assemble(List<Segment> segments, Blobs blobs, Set<String> outputs) {
    return bytes(model(segments, blobs, outputs));
  }

  /** Consecutive segments as one model; checked as {@link #assemble(List, Blobs, Set)} says. */
  static ModelProto model(List<Segment> segments, Blobs blobs, Set<String> outputs) {
    Joining joining = new Joining();
    for (Segment segment : segments) {
      joining.add(segment.getName(), model(segment, blobs));
    }
    return joining.joined(outputs);
  }

  /** The segment's graph; its weights are named and dimensioned but hold no values. */
  public static ModelProto skeleton(Segment segment, Blobs blobs) {
    String what = "segment '" + segment.getName() + "'";
    return ModelGuard.standard()
        .skeleton(what, blobs.get(segment.getGraph()), digests(what, segment).keySet());
  }

  static ByteBuffer bytes(ModelProto model) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(model.getSerializedSize());
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      model.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a model can't be written to memory of its own size", e);
    }
    return bytes.flip();
  }

  /** The segment's model, its weights filled in; checked as {@link #assemble} says. */
  static ModelProto model(Segment segment, Blobs blobs) {
    String what = "segment '" + segment.getName() + "'";
    Map<String, String> digests = digests(what, segment);
    ModelProto skeleton = skeleton(segment, blobs);
    GraphProto.Builder graph = skeleton.getGraph().toBuilder();
    if (!Specs.of(graph.getInputList()).equals(segment.getInputs())
        || !Specs.of(graph.getOutputList()).equals(segment.getOutputs())) {
      throw new IllegalArgumentException(
          what + " has other inputs or outputs in its graph than in its manifest");
    }
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      String digest = digests.remove(tensor.getName());
      if (digest != null) {
        graph.setInitializer(i, fill(what, tensor, blobs.get(digest)));
      } else if (!Tensors.hasBytes(tensor) && Tensors.elementCount(tensor) > 0) {
        throw new IllegalArgumentException(
            what + ": no weight fills tensor '" + tensor.getName() + "'");
      }
    }
    if (!digests.isEmpty()) {
      throw new IllegalArgumentException(
          what + " has weights that its graph lacks: " + digests.keySet());
    }
    return skeleton.toBuilder().setGraph(graph).build();
  }

  private static TensorProto fill(String what, TensorProto tensor, byte[] blob) {
    if (Tensors.hasBytes(tensor)) {
      throw new IllegalArgumentException(
          what + ": tensor '" + tensor.getName() + "' has bytes in its graph and a weight besides");
    }
    return Tensors.filled(tensor, blob);
  }

  private static Map<String, String> digests(String what, Segment segment) {
    Map<String, String> digests = new HashMap<>();
    for (Weight weight : segment.getWeights()) {
      if (digests.put(weight.getName(), weight.getDigest()) != null) {
        throw new IllegalArgumentException(what + " names weight '" + weight.getName() + "' twice");
      }
    }
    return digests;
  }
}
