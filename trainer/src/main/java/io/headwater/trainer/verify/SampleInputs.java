package io.headwater.trainer.verify;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.headwater.trainer.gradient.GradientException;
import io.headwater.trainer.gradient.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Made-up inputs of a model: floats are normal, integers and truths are 1. */
final class SampleInputs {
  private static final long BATCH = 2;
  private static final long TOKENS = 8;
  private static final long PIXELS = 64;
  private static final int IMAGE_RANK = 4;
  private static final long LARGEST = 1 << 26;

  private SampleInputs() {}

  /** The inputs that no initializer fills. */
  static List<String> names(ModelProto model) {
    Set<String> filled = new HashSet<>();
    model.getGraph().getInitializerList().forEach(tensor -> filled.add(tensor.getName()));
    return model.getGraph().getInputList().stream()
        .map(ValueInfoProto::getName)
        .filter(name -> !filled.contains(name))
        .toList();
  }

  /** The model with its inputs fixed to samples, as initializers. */
  static ModelProto fixed(ModelProto model, Random random) {
    List<String> open = names(model);
    GraphProto.Builder graph = model.getGraph().toBuilder().clearInput();
    for (ValueInfoProto input : model.getGraph().getInputList()) {
      if (open.contains(input.getName())) {
        graph.addInitializer(sample(input, random));
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  private static TensorProto sample(ValueInfoProto input, Random random) {
    TypeProto.Tensor type = input.getType().getTensorType();
    List<TensorShapeProto.Dimension> axes = type.getShape().getDimList();
    long[] dims = new long[axes.size()];
    long size = 1;
    for (int i = 0; i < dims.length; i++) {
      long known = axes.get(i).getDimValue();
      long guess = i == 0 ? BATCH : dims.length == IMAGE_RANK ? PIXELS : TOKENS;
      dims[i] = known > 0 ? known : guess;
      size = Math.multiplyExact(size, dims[i]);
    }
    if (size > LARGEST) {
      throw new GradientException("input '" + input.getName() + "' is too large to check");
    }
    int count = (int) size;
    if (type.getElemType() == Tensors.FLOAT) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return Tensors.of(input.getName(), values, dims);
    }
    int width =
        switch (type.getElemType()) {
          case Tensors.INT64 -> Long.BYTES;
          case Tensors.INT32 -> Integer.BYTES;
          case Tensors.BOOL -> 1;
          default ->
              throw new GradientException(
                  "input '%s' is of an element type (%d) that can't be sampled"
                      .formatted(input.getName(), type.getElemType()));
        };
    ByteBuffer ones = ByteBuffer.allocate(count * width).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      ones.put(i * width, (byte) 1);
    }
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(input.getName())
            .setDataType(type.getElemType())
            .setRawData(ByteString.copyFrom(ones));
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.build();
  }
}
