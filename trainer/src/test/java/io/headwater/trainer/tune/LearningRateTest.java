package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LearningRateTest {
  private static final Offset<Double> CLOSE = Offset.offset(1e-9);

  @Test
  void at_warmUp_risesLinearlyToThePeak() {
    LearningRate rate = new LearningRate(1, 4, 100);
    assertThat(rate.at(0)).isEqualTo(0.25);
    assertThat(rate.at(3)).isEqualTo(1);
    assertThat(rate.at(4)).isEqualTo(1);
  }

  @Test
  void at_behindWarmUp_fallsAlongACosine() {
    LearningRate rate = new LearningRate(1, 0, 100);
    assertThat(rate.at(50)).isCloseTo(0.5, CLOSE);
    assertThat(rate.at(100)).isCloseTo(0, CLOSE);
  }
}
