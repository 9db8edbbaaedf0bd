package io.headwater.trainer.gradient;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingGraphTest {
  private static final Shapes SHAPES =
      new Shapes(
          Map.of(
              "x",
              new long[] {-1, 3},
              "w",
              new long[] {3, 2},
              "h",
              new long[] {-1, 2},
              "logits",
              new long[] {-1, 2}));

  private static ModelProto model(String operator, String domain) {
    return FiniteDifferences.model(
        GraphProto.newBuilder()
            .setName("head")
            .addInput(Tensors.value("x", Tensors.FLOAT, -1, 3))
            .addInitializer(Tensors.of("w", new float[6], 3, 2))
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("MatMul")
                    .addInput("x")
                    .addInput("w")
                    .addOutput("h"))
            .addNode(
                NodeProto.newBuilder()
                    .setName("/odd")
                    .setOpType(operator)
                    .setDomain(domain)
                    .addInput("h")
                    .addOutput("logits"))
            .addOutput(Tensors.value("logits", Tensors.FLOAT, -1, 2))
            .build(),
        CurrentForm.OPSET);
  }

  @Test
  void of_operatorWithoutRule_namesOperatorAndNode() {
    assertThatThrownBy(
            () ->
                TrainingGraph.of(model("LSTM", ""), SHAPES, "logits", Set.of("w"), Loss.softmax()))
        .isInstanceOf(GradientException.class)
        .hasMessage("no gradient for LSTM (node '/odd'), a recurrent network: freeze up to there");
  }

  @ParameterizedTest
  @CsvSource({
    "QuantizeLinear, a quantised operator",
    "Resize, an interpolation",
    "LRN, a local response normalisation",
    "Loop, control flow"
  })
  void of_operatorThatIsRefused_saysWhy(String operator, String why) {
    assertThatThrownBy(
            () ->
                TrainingGraph.of(
                    model(operator, ""), SHAPES, "logits", Set.of("w"), Loss.softmax()))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("no gradient for " + operator)
        .hasMessageContaining(why);
  }

  @Test
  void of_operatorOfAnotherDomain_isNotTakenForTheStandardOne() {
    assertThatThrownBy(
            () ->
                TrainingGraph.of(
                    model("Relu", "my.ops"), SHAPES, "logits", Set.of("w"), Loss.softmax()))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("my.ops.Relu");
  }

  @Test
  void of_integersInBetween_saysThatNoGradientReachesTheWeight() {
    assertThatThrownBy(
            () ->
                TrainingGraph.of(model("Round", ""), SHAPES, "logits", Set.of("w"), Loss.softmax()))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("no gradient reaches weight 'w'");
  }
}
