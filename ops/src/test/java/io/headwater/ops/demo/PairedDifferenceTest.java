package io.headwater.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.ops.demo.PairedDifference.Verdict;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedDifferenceTest {
  private static PairedDifference of(int both, int onlyLive, int onlyFrozen, int neither) {
    int n = both + onlyLive + onlyFrozen + neither;
    boolean[] live = new boolean[n];
    boolean[] frozen = new boolean[n];
    for (int i = 0; i < n; i++) {
      live[i] = i < both + onlyLive;
      frozen[i] = i < both || (i >= both + onlyLive && i < both + onlyLive + onlyFrozen);
    }
    return PairedDifference.of(live, frozen);
  }

  @Test
  void of_anyTable_isTheDifferenceOfTheAccuracies() {
    PairedDifference difference = of(60, 25, 5, 10);

    assertThat(difference.difference()).isCloseTo(0.20, within(1e-12));
    // By hand: c = 20/102, d = 31/102, c -+ 1.96 sqrt((d - c^2) / 102).
    assertThat(difference.low()).isCloseTo(0.0960, within(1e-4));
    assertThat(difference.high()).isCloseTo(0.2961, within(1e-4));
    assertThat(difference.learningHelped()).isEqualTo(Verdict.YES);
  }

  @Test
  void of_liveWorse_saysNo() {
    assertThat(of(60, 5, 25, 10).learningHelped()).isEqualTo(Verdict.NO);
  }

  @Test
  void of_sameAnswers_cantTellAndHasAnInterval() {
    PairedDifference difference = of(80, 0, 0, 20);

    assertThat(difference.difference()).isZero();
    assertThat(difference.low()).isNegative();
    assertThat(difference.high()).isPositive();
    assertThat(difference.learningHelped()).hasToString("can't tell");
  }

  @Test
  void of_manySamples_coversTheTruthAboutNineteenTimesInTwenty() {
    Random random = new Random(7);
    int covered = 0;
    int runs = 2000;
    for (int run = 0; run < runs; run++) {
      boolean[] live = new boolean[200];
      boolean[] frozen = new boolean[200];
      for (int i = 0; i < live.length; i++) {
        double draw = random.nextDouble();
        live[i] = draw < 0.85;
        frozen[i] = draw < 0.75 || draw >= 0.95;
      }
      PairedDifference difference = PairedDifference.of(live, frozen);
      covered += difference.low() <= 0.05 && 0.05 <= difference.high() ? 1 : 0;
    }
    assertThat(covered / (double) runs).isBetween(0.93, 0.98);
  }
}
