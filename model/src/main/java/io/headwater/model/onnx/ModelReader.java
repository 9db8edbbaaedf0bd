package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import io.headwater.model.guard.ModelGuard;

/** Parses ONNX bytes that nobody vouches for, by the rules of {@link ModelGuard}. */
final class ModelReader {
  private ModelReader() {}

  /**
   * The model; its tensors share the array instead of copying it.
   *
   * @param what the bytes are, for messages
   * @throws IllegalArgumentException naming what is wrong, and the tensor or node
   */
  static ModelProto parse(String what, byte[] bytes) {
    return ModelGuard.standard().file(what, bytes);
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
}
