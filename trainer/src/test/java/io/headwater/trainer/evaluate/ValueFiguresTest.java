package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalDouble;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ValueFiguresTest {
  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  @Test
  void of_knownErrors_isByHand() {
    ValueFigures figures =
        ValueFigures.of(new double[] {1, 2, 5}, new double[] {1, 4, 4}, OptionalDouble.of(2));
    assertThat(figures.rmse()).isCloseTo(Math.sqrt(5.0 / 3), CLOSE);
    assertThat(figures.mae()).isCloseTo(1, CLOSE);
    // SST about the mean 3 is 4 + 1 + 1.
    assertThat(figures.r2().orElseThrow()).isCloseTo(1 - 5.0 / 6, CLOSE);
    assertThat(figures.constantRmse().orElseThrow()).isCloseTo(Math.sqrt(3), CLOSE);
    assertThat(figures.measures())
        .extracting(Evaluation.Measure::name)
        .containsExactly("count", "mae", "r2", "rmse", "rmse-constant");
  }

  @Test
  void r2_ofEqualTruths_isNone() {
    assertThat(ValueFigures.of(new double[] {1, 2}, new double[] {3, 3}).r2()).isEmpty();
  }

  @Test
  void of_nothing_isRefused() {
    assertThatThrownBy(() -> ValueFigures.of(new double[0], new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rootRatio_overManyDraws_holdsTheTrueGainAsOftenAsItClaims() {
    Random random = new Random(5);
    int held = 0;
    for (int draw = 0; draw < 400; draw++) {
      double[] ours = new double[200];
      double[] theirs = new double[200];
      for (int i = 0; i < ours.length; i++) {
        double shared = random.nextGaussian();
        ours[i] = 0.8 * shared;
        theirs[i] = 0.8 * shared + 0.6 * random.nextGaussian();
      }
      Interval interval = Interval.ofRootRatio(ours, theirs);
      held += interval.low() <= 0.2 && interval.high() >= 0.2 ? 1 : 0;
    }
    assertThat(held / 400.0).isBetween(0.92, 0.98);
  }

  @Test
  void comparison_gain_isTheShareByWhichTheRmseIsLower() {
    double[] truths = {0, 0, 0, 0};
    ValueFigures ours = ValueFigures.of(new double[] {1, -1, 1, -1}, truths);
    ValueFigures theirs = ValueFigures.of(new double[] {2, -2, 2, -2}, truths);
    Comparison comparison =
        Comparison.ofValues(ours, theirs, new double[] {1, -1, 1, -1}, new double[] {2, -2, 2, -2});
    assertThat(comparison.gain()).isCloseTo(0.5, CLOSE);
    assertThat(comparison.difference().low()).isCloseTo(0.5, CLOSE);
    assertThat(ours.betterThan(theirs)).isTrue();
    assertThat(theirs.betterThan(ours)).isFalse();
  }
}
