package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CalibrationErrorTest {
  private static float[] row(double second) {
    return new float[] {(float) (1 - second), (float) second};
  }

  @Test
  void of_confidencesWithinOneWidth_areToldApartByMass() {
    // Twenty answers between .90 and 1: one bin of equal width would say that .95 fits.
    float[][] rows = new float[20][];
    int[] classes = new int[20];
    for (int i = 0; i < 20; i++) {
      rows[i] = row(i < 10 ? 0.91 : 0.99);
      classes[i] = i < 10 ? 1 : i < 19 ? 1 : 0;
    }
    assertThat(CalibrationError.of(rows, classes))
        .isCloseTo((10 * 0.09 + Math.abs(10 * 0.99 - 9)) / 20, Offset.offset(1e-6));
  }

  @Test
  void of_equalConfidences_shareABinInWhateverOrder() {
    float[][] rows = new float[30][];
    int[] classes = new int[30];
    for (int i = 0; i < 30; i++) {
      rows[i] = row(0.8);
      classes[i] = i < 24 ? 1 : 0;
    }
    assertThat(CalibrationError.of(rows, classes)).isCloseTo(0, Offset.offset(1e-6));
  }

  @Test
  void of_answersAsSureAsRight_isSmallAndOfOversureOnesIsTheGap() {
    Random random = new Random(3);
    float[][] rows = new float[20_000][];
    float[][] sure = new float[20_000][];
    int[] classes = new int[20_000];
    for (int i = 0; i < rows.length; i++) {
      double p = 0.5 + random.nextDouble() / 2;
      rows[i] = row(p);
      sure[i] = row(Math.min(1, p + 0.1));
      classes[i] = random.nextDouble() < p ? 1 : 0;
    }
    assertThat(CalibrationError.of(rows, classes)).isLessThan(0.015);
    assertThat(CalibrationError.of(sure, classes)).isBetween(0.075, 0.1);
  }
}
