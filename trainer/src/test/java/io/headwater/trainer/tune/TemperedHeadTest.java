package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.trainer.evaluate.Temperature;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TemperedHeadTest {
  private static final Offset<Float> CLOSE = Offset.offset(1e-5f);
  private final TrainingSet set = Heads.clouds(40, 6, 2, 5);

  private void checkAnswersAsDivided(HeadGraph head) {
    float[][] wanted =
        new Temperature(2.5).applied(HeadRunner.probabilities(head, set.activations()));
    Map<String, float[]> weights = TemperedHead.weights(head, head.weights(), 2.5);
    float[][] got = HeadRunner.probabilities(head.with(weights), set.activations());
    for (int i = 0; i < got.length; i++) {
      for (int c = 0; c < got[i].length; c++) {
        assertThat(got[i][c]).isCloseTo(wanted[i][c], CLOSE);
      }
    }
  }

  @Test
  void weights_dividedInTheLastLayer_answerAsDividedLogits() {
    checkAnswersAsDivided(Heads.mlp(6, 4, 3, 1));
    checkAnswersAsDivided(Heads.standardised(6, 3));
  }

  @Test
  void weights_headEndingInProbabilities_answersAsDividedLogits() {
    checkAnswersAsDivided(Heads.withSoftmax(Heads.mlp(6, 4, 3, 1)));
    checkAnswersAsDivided(Heads.withSigmoid(Heads.ofTwo(6, 4, 1)));
  }

  @Test
  void weights_earlierLayers_stayAsTheyAre() {
    HeadGraph head = Heads.mlp(6, 4, 3, 1);
    Map<String, float[]> weights = TemperedHead.weights(head, head.weights(), 2);
    assertThat(weights.get("hidden.weight")).isEqualTo(head.weights().get("hidden.weight"));
  }

  @Test
  void weights_lastLayerNotAmongThem_isDividedAsTheHeadHasIt() {
    HeadGraph head = Heads.mlp(6, 4, 3, 1);
    float[] before = head.weights().get("output.weight");
    assertThat(TemperedHead.weights(head, Map.of(), 2).get("output.weight")[0])
        .isEqualTo(before[0] / 2);
  }

  @Test
  void weights_logitsThatNoLinearLayerMakes_areRefusedByName() {
    HeadGraph bounded = Heads.bounded(6, 3);
    assertThatThrownBy(() -> TemperedHead.weights(bounded, bounded.weights(), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'bounded'")
        .hasMessageContaining("Tanh")
        .hasMessageContaining("training.calibration");
  }
}
