package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AveragePrecisionTest {
  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  @Test
  void of_rankedExamples_isTheMeanPrecisionAtEachPositive() {
    double[] scores = {0.9, 0.8, 0.7, 0.6, 0.5};
    boolean[] positive = {true, false, true, false, true};
    assertThat(AveragePrecision.of(scores, positive).orElseThrow())
        .isCloseTo((1.0 + 2.0 / 3 + 3.0 / 5) / 3, CLOSE);
  }

  @Test
  void of_equalScores_areOneStepInWhateverOrder() {
    assertThat(
            AveragePrecision.of(new double[] {0.5, 0.5, 0.5}, new boolean[] {true, false, false}))
        .isEqualTo(
            AveragePrecision.of(new double[] {0.5, 0.5, 0.5}, new boolean[] {false, false, true}));
    assertThat(
            AveragePrecision.of(new double[] {0.5, 0.5, 0.5}, new boolean[] {true, false, false})
                .orElseThrow())
        .isCloseTo(1.0 / 3, CLOSE);
  }

  @Test
  void of_noPositive_isEmpty() {
    assertThat(AveragePrecision.of(new double[] {0.5}, new boolean[] {false})).isEmpty();
  }
}
