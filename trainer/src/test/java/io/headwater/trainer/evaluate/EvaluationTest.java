package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  private static final Offset<Double> CLOSE = Offset.offset(1e-6);

  private static float[][] rows(double... second) {
    float[][] rows = new float[second.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[] {(float) (1 - second[i]), (float) second[i]};
    }
    return rows;
  }

  private static Evaluation evaluate(float[][] rows, int... classes) {
    int[] decisions = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      decisions[i] = rows[i][1] > 0.5 ? 1 : 0;
    }
    return Evaluation.of(rows, decisions, classes);
  }

  @Test
  void of_fourAnswers_givesTheFiguresDoneByHand() {
    Evaluation evaluation = evaluate(rows(0.9, 0.8, 0.3, 0.6), 1, 1, 0, 0);
    assertThat(evaluation.accuracy()).isEqualTo(0.75);
    double loss = -(Math.log(0.9) + Math.log(0.8) + Math.log(0.7) + Math.log(0.4)) / 4;
    assertThat(evaluation.logLoss()).isCloseTo(loss, CLOSE);
    assertThat(evaluation.auc().orElseThrow()).isEqualTo(1);
    assertThat(evaluation.averagePrecision().orElseThrow()).isEqualTo(1);
    // Bins by confidence: .9 alone right, .8 alone right, .7 alone right, .6 alone wrong.
    assertThat(evaluation.calibrationError())
        .isCloseTo((0.1 + 0.2 + 0.3 + 0.6) / 4, Offset.offset(1e-6));
  }

  @Test
  void auc_ties_countHalf() {
    assertThat(evaluate(rows(0.5, 0.5, 0.5), 1, 0, 0).auc().orElseThrow()).isEqualTo(0.5);
    assertThat(evaluate(rows(0.9, 0.5, 0.5, 0.1), 1, 1, 0, 0).auc().orElseThrow()).isEqualTo(0.875);
  }

  @Test
  void auc_random_equalsThePairwiseCount() {
    Random random = new Random(4);
    double[] scores = new double[80];
    boolean[] positive = new boolean[80];
    for (int i = 0; i < 80; i++) {
      scores[i] = random.nextInt(20);
      positive[i] = random.nextInt(3) == 0;
    }
    double above = 0;
    int pairs = 0;
    for (int i = 0; i < 80; i++) {
      for (int j = 0; j < 80; j++) {
        if (positive[i] && !positive[j]) {
          pairs++;
          above += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    assertThat(RankSum.auc(scores, positive).orElseThrow()).isCloseTo(above / pairs, CLOSE);
  }

  @Test
  void auc_oneClassOnly_isEmptyAndNotAmongTheMeasures() {
    Evaluation evaluation = evaluate(rows(0.9, 0.8), 1, 1);
    assertThat(evaluation.auc()).isEmpty();
    assertThat(evaluation.measures()).extracting("name").doesNotContain("auc");
    assertThat(evaluation.measures()).extracting("name").isSorted();
  }

  @Test
  void logLoss_zeroProbability_isBounded() {
    assertThat(evaluate(rows(0), 1).logLoss()).isCloseTo(-Math.log(1e-7), CLOSE);
  }

  @Test
  void of_nothing_isRefused() {
    assertThatThrownBy(() -> evaluate(new float[0][])).isInstanceOf(IllegalArgumentException.class);
  }
}
