package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.trainer.tune.TuneSettings.Start;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AdamWTest {
  private static final TuneSettings SETTINGS =
      new TuneSettings(1, 1, 0.1, 0.5, 0.9, 0.999, 1e-8, 0, 1, false, Start.WARM, 1);

  @Test
  void step_first_movesByTheRateAgainstTheSign() {
    float[] weights = {1, 1};
    new AdamW(2, SETTINGS, 0).step(weights, new float[] {3, -0.01f}, 1, 0.1);
    assertThat(weights).containsExactly(new float[] {0.9f, 1.1f}, Offset.offset(1e-5f));
  }

  @Test
  void step_threeGradients_followsTheBook() {
    float[] weights = {0.5f};
    AdamW adam = new AdamW(1, SETTINGS, 0.5);
    double w = 0.5;
    double m = 0;
    double v = 0;
    double[] gradients = {0.3, -0.2, 0.7};
    for (int t = 1; t <= gradients.length; t++) {
      double g = gradients[t - 1];
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      double step = m / (1 - Math.pow(0.9, t)) / (Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-8);
      w -= 0.1 * (step + 0.5 * w);
      adam.step(weights, new float[] {(float) g}, 1, 0.1);
    }
    assertThat((double) weights[0]).isCloseTo(w, Offset.offset(1e-5));
  }

  @Test
  void step_noGradient_onlyDecays() {
    float[] weights = {2};
    new AdamW(1, SETTINGS, 0.5).step(weights, new float[] {0}, 1, 0.1);
    assertThat(weights[0]).isCloseTo(1.9f, Offset.offset(1e-6f));
  }
}
