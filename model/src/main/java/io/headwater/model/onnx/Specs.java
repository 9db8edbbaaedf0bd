package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A graph's inputs and outputs as a manifest describes them. */
final class Specs {
  private static final long FREE = -1;

  private Specs() {}

  static List<TensorSpec> of(List<ValueInfoProto> values) {
    List<TensorSpec> specs = new ArrayList<>();
    for (ValueInfoProto value : values) {
      specs.add(of(value));
    }
    return specs;
  }

  static TensorSpec of(ValueInfoProto value) {
    if (!value.getType().hasTensorType()) {
      throw new IllegalArgumentException("'" + value.getName() + "' is no tensor");
    }
    TypeProto.Tensor tensor = value.getType().getTensorType();
    List<Long> dims = new ArrayList<>();
    for (Dimension dim : tensor.getShape().getDimList()) {
      dims.add(dim.hasDimValue() ? dim.getDimValue() : FREE);
    }
    DataType type = DataType.forNumber(tensor.getElemType());
    String name = (type == null ? DataType.UNDEFINED : type).name().toLowerCase(Locale.ROOT);
    return new TensorSpec(value.getName(), name, dims);
  }

  /** A float tensor of [batch, width]. */
  static ValueInfoProto rows(String name, long width) {
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder().setElemType(DataType.FLOAT_VALUE);
    tensor.getShapeBuilder().addDimBuilder().setDimParam("batch");
    tensor.getShapeBuilder().addDimBuilder().setDimValue(width);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
