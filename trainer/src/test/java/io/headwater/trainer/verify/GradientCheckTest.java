package io.headwater.trainer.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.headwater.trainer.gradient.GradientException;
import io.headwater.trainer.tune.Heads;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradientCheckTest {
  private final ModelProto head = Heads.withSoftmax(Heads.mlp(6, 4, 3, 1)).model();

  @Test
  void of_model_reachesAllWeightsAndAgrees() {
    GradientCheck check = GradientCheck.of(head.toByteArray());
    assertThat(check.passed()).isTrue();
    assertThat(check.trained())
        .containsExactlyInAnyOrder("hidden.weight", "hidden.bias", "output.weight", "output.bias");
    assertThat(check.weights()).isEqualTo(4);
    assertThat(check.values()).isEqualTo(6 * 4 + 4 + 4 * 3 + 3);
    assertThat(check.obstacles()).isEmpty();
  }

  @Test
  void of_operatorWithoutGradientInBetween_trainsWhatIsBehindIt() {
    GraphProto.Builder graph = head.getGraph().toBuilder();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      if (graph.getNode(i).getOpType().equals("Relu")) {
        NodeProto odd = graph.getNode(i).toBuilder().setName("/odd").setOpType("Hardmax").build();
        graph.setNode(i, odd);
      }
    }
    GradientCheck check = GradientCheck.of(head.toBuilder().setGraph(graph).build().toByteArray());
    assertThat(check.trained()).containsExactlyInAnyOrder("output.weight", "output.bias");
    assertThat(check.obstacles())
        .isEqualTo(List.of("no gradient for Hardmax (node '/odd'): freeze up to there"));
    assertThat(check.passed()).isTrue();
  }

  @Test
  void of_otherBytes_isRefused() {
    assertThatThrownBy(() -> GradientCheck.of(new byte[] {1, 2, 3}))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("no ONNX model");
  }
}
