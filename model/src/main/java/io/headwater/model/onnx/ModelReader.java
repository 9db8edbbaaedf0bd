package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Parses ONNX bytes that nobody vouches for: nesting is bounded, and nothing outside the bytes is
 * referred to.
 */
final class ModelReader {
  private static final int MAX_DEPTH = 64;

  private ModelReader() {}

  /**
   * The model; its tensors share the array instead of copying it.
   *
   * @param what the bytes are, for messages
   * @throws IllegalArgumentException naming what is wrong, and the tensor or node
   */
  static ModelProto parse(String what, byte[] bytes) {
    ModelProto model;
    try {
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      in.enableAliasing(true);
      in.setRecursionLimit(MAX_DEPTH);
      model = ModelProto.parseFrom(in);
    } catch (IOException e) {
      throw new IllegalArgumentException(what + " is not an ONNX model: its bytes don't parse", e);
    }
    if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
      throw new IllegalArgumentException(what + " is not an ONNX model: it holds no graph");
    }
    selfContained(what, model.getGraph());
    uniqueInitializers(what, model.getGraph());
    return model;
  }

  /** The version of the standard operators that the model is written in. */
  static int opset(ModelProto model) {
    for (OperatorSetIdProto imported : model.getOpsetImportList()) {
      if (imported.getDomain().isEmpty() || imported.getDomain().equals("ai.onnx")) {
        return Math.toIntExact(imported.getVersion());
      }
    }
    throw new IllegalArgumentException("the model imports no version of the standard operators");
  }

  private static void uniqueInitializers(String what, GraphProto graph) {
    Set<String> names = new HashSet<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getName().isEmpty() || !names.add(tensor.getName())) {
        throw new IllegalArgumentException(
            what + " has two initializers or more named '" + tensor.getName() + "'");
      }
    }
  }

  private static void selfContained(String what, GraphProto graph) {
    if (graph.getSparseInitializerCount() > 0) {
      throw new IllegalArgumentException(
          what + " holds sparse initializers; export it with dense ones");
    }
    graph.getInitializerList().forEach(tensor -> inline(what, tensor.getName(), tensor));
    for (NodeProto node : graph.getNodeList()) {
      for (AttributeProto attribute : node.getAttributeList()) {
        String where = node.getName() + "." + attribute.getName();
        inline(what, where, attribute.getT());
        attribute.getTensorsList().forEach(tensor -> inline(what, where, tensor));
        if (attribute.hasG()) {
          selfContained(what, attribute.getG());
        }
        attribute.getGraphsList().forEach(inner -> selfContained(what, inner));
      }
    }
  }

  private static void inline(String what, String where, TensorProto tensor) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
        || tensor.getExternalDataCount() > 0) {
      throw new IllegalArgumentException(
          what + " keeps tensor '" + where + "' in another file; export it as one file");
    }
  }
}
