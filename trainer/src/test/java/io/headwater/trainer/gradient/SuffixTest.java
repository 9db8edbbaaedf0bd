package io.headwater.trainer.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.headwater.trainer.tune.ShapeProbe;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SuffixTest {
  private final ModelProto model = model();
  private final Shapes shapes =
      ShapeProbe.of(
          model,
          Map.of("x", new long[] {2, 3}, "mask", new long[] {2, 2}),
          Map.of("x", new long[] {3, 3}, "mask", new long[] {3, 2}));

  @Test
  void of_lastWeight_leavesTheRestBefore() {
    Suffix cut = Suffix.of(model, shapes, Set.of("w2"));
    assertThat(cut.boundary()).containsExactly("h");
    assertThat(operators(cut.prefix())).containsExactly("MatMul", "Mul");
    assertThat(operators(cut.suffix())).containsExactly("MatMul");
    assertThat(cut.suffix().getGraph().getInitializerList())
        .extracting(tensor -> tensor.getName())
        .containsExactly("w2");
  }

  @Test
  void of_allWeights_readsTheInputsAlone() {
    Suffix cut = Suffix.of(model, shapes, Set.of("w1", "w2"));
    assertThat(cut.boundary()).containsExactly("x", "mask");
    assertThat(cut.prefix().getGraph().getNodeCount()).isZero();
    assertThat(operators(cut.suffix())).containsExactly("MatMul", "Mul", "MatMul");
  }

  @Test
  void of_firstWeightAlone_takesAllThatItReaches() {
    Suffix cut = Suffix.of(model, shapes, Set.of("w1"));
    assertThat(operators(cut.suffix())).containsExactly("MatMul", "Mul", "MatMul");
  }

  @Test
  void of_unknownWeight_isRefused() {
    assertThatThrownBy(() -> Suffix.of(model, shapes, Set.of("w3")))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("'w3' is no weight");
  }

  private static List<String> operators(ModelProto model) {
    return model.getGraph().getNodeList().stream().map(NodeProto::getOpType).toList();
  }

  /** (x w1) * mask, times w2. */
  private static ModelProto model() {
    return FiniteDifferences.model(
        GraphProto.newBuilder()
            .setName("net")
            .addInput(Tensors.value("x", Tensors.FLOAT, -1, 3))
            .addInput(Tensors.value("mask", Tensors.FLOAT, -1, 2))
            .addInitializer(Tensors.of("w1", new float[6], 3, 2))
            .addInitializer(Tensors.of("w2", new float[4], 2, 2))
            .addNode(node("MatMul", "a", "x", "w1"))
            .addNode(node("Mul", "h", "a", "mask"))
            .addNode(node("MatMul", "y", "h", "w2"))
            .addOutput(Tensors.value("y", Tensors.FLOAT, -1, 2))
            .build(),
        CurrentForm.OPSET);
  }

  private static NodeProto node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }
}
