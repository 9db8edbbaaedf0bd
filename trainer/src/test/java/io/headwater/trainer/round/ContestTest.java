package io.headwater.trainer.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.trainer.evaluate.Evaluation;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContestTest {
  private static final int[] CLASSES = new int[40];

  /** Answers whose probability of the truth is about as given. */
  private static Contest.Entry entry(String name, double right, long seed) {
    Random random = new Random(seed);
    float[][] rows = new float[CLASSES.length][];
    for (int i = 0; i < rows.length; i++) {
      float p = (float) Math.min(0.99, Math.max(0.01, right + 0.1 * random.nextGaussian()));
      rows[i] = new float[] {p, 1 - p};
    }
    Evaluation judged = Evaluation.of(rows, new int[rows.length], CLASSES);
    return new Contest.Entry(name, judged, ClassGoal.losses(rows, CLASSES));
  }

  @Test
  void wins_moreWeights_onlyWithLessLoss() {
    Contest contest = new Contest(entry(Contender.HEAD, 0.8, 1));
    assertThat(contest.wins(entry("all", 0.7, 2), false)).isFalse();
    assertThat(contest.said()).endsWith("the holdout overrules what was tried");
    assertThat(contest.wins(entry("segments:3", 0.9, 3), false)).isTrue();
    assertThat(contest.best()).isEqualTo("segments:3");
    assertThat(contest.said()).endsWith("segments:3 is kept");
    assertThat(contest.numbers()).containsKeys("freeze.head.log-loss", "freeze.all.log-loss");
  }

  @Test
  void wins_simplerAndAboutAsGood_isPreferred() {
    Contest contest = new Contest(entry(Contender.HEAD, 0.8, 1));
    assertThat(contest.wins(entry("tap:2", 0.79, 2), true)).isTrue();
  }

  @Test
  void wins_simplerAndClearlyWorse_isNot() {
    Contest contest = new Contest(entry(Contender.HEAD, 0.8, 1));
    assertThat(contest.wins(entry("tap:2", 0.6, 2), true)).isFalse();
  }
}
