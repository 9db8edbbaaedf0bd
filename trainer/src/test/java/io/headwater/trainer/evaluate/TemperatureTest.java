package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TemperatureTest {
  /** Answers whose logits are {@code sharpness} times what they should be. */
  private static final class Head {
    final float[][] rows;
    final int[] classes;

    Head(double sharpness, int count) {
      Random random = new Random(8);
      rows = new float[count][3];
      classes = new int[count];
      for (int i = 0; i < count; i++) {
        double[] truth = new double[3];
        double[] told = new double[3];
        double trueSum = 0;
        double toldSum = 0;
        for (int c = 0; c < 3; c++) {
          double logit = random.nextGaussian() * 1.5;
          truth[c] = Math.exp(logit);
          told[c] = Math.exp(logit * sharpness);
          trueSum += truth[c];
          toldSum += told[c];
        }
        double at = random.nextDouble() * trueSum;
        int drawn = at < truth[0] ? 0 : at < truth[0] + truth[1] ? 1 : 2;
        classes[i] = drawn;
        for (int c = 0; c < 3; c++) {
          rows[i][c] = (float) (told[c] / toldSum);
        }
      }
    }

    Evaluation evaluation(float[][] answers) {
      return Evaluation.of(answers, new int[answers.length], classes);
    }
  }

  @Test
  void fit_logitsTooLarge_findsByHowMuch() {
    assertThat(Temperature.fit(new Head(2.5, 20_000).rows, new Head(2.5, 20_000).classes).value())
        .isCloseTo(2.5, Offset.offset(0.1));
    Head shy = new Head(0.5, 20_000);
    assertThat(Temperature.fit(shy.rows, shy.classes).value()).isCloseTo(0.5, Offset.offset(0.02));
  }

  @Test
  void fit_andApplied_lowersLossAndCalibrationErrorAndKeepsTheRanking() {
    Head head = new Head(3, 5_000);
    Evaluation before = head.evaluation(head.rows);
    Evaluation after = head.evaluation(Temperature.fit(head.rows, head.classes).applied(head.rows));
    assertThat(after.logLoss()).isLessThan(before.logLoss() * 0.8);
    assertThat(after.calibrationError()).isLessThan(before.calibrationError() / 4);
    assertThat(after.accuracy()).isEqualTo(before.accuracy());
  }

  @Test
  void fit_isTheLeastLoss_amongItsNeighbours() {
    Head head = new Head(1.7, 300);
    double value = Temperature.fit(head.rows, head.classes).value();
    double least = head.evaluation(new Temperature(value).applied(head.rows)).logLoss();
    for (double factor : new double[] {0.9, 0.97, 1.03, 1.1}) {
      assertThat(head.evaluation(new Temperature(value * factor).applied(head.rows)).logLoss())
          .isGreaterThan(least);
    }
  }

  @Test
  void fit_everyAnswerRight_endsAtTheBound() {
    float[][] rows = {{0.4f, 0.6f}, {0.7f, 0.3f}};
    assertThat(Temperature.fit(rows, new int[] {1, 0}).value()).isCloseTo(0.1, Offset.offset(1e-3));
    assertThat(Temperature.fit(rows, new int[] {0, 1}).value()).isCloseTo(10, Offset.offset(1e-3));
  }

  @Test
  void fit_certainAnswers_staysFinite() {
    float[][] rows = {{0, 1}, {1, 0}, {0, 1}};
    assertThat(Temperature.fit(rows, new int[] {1, 0, 0}).value()).isBetween(0.1, 10.0);
  }

  @Test
  void fit_toNothing_leavesAnswersAsTheyAre() {
    assertThat(Temperature.fit(new float[0][], new int[0])).isEqualTo(Temperature.NONE);
  }
}
