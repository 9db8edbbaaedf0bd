package io.headwater.trainer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TwoSampleTestTest {
  private static float[][] cloud(int size, double shift, long seed) {
    Random random = new Random(seed);
    float[][] rows = new float[size][24];
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) (random.nextGaussian() * (i + 1) + (i < 6 ? shift * (i + 1) : 0));
      }
    }
    return rows;
  }

  private static Likeness.Known known(float[][] source, float[][] target) {
    return (Likeness.Known) TwoSampleTest.of(source, target, 42);
  }

  @Test
  void of_oneDistribution_isAlike() {
    Likeness.Known alike = known(cloud(300, 0, 1), cloud(300, 0, 2));
    assertThat(alike.auc()).isBetween(0.5, 0.62);
    assertThat(alike.similarity()).isGreaterThan(0.75);
  }

  @Test
  void of_farApart_isUnlike() {
    Likeness.Known unlike = known(cloud(300, 0, 1), cloud(300, 2, 2));
    assertThat(unlike.auc()).isGreaterThan(0.97);
    assertThat(unlike.similarity()).isLessThan(0.5);
    assertThat(known(cloud(300, 0, 1), cloud(300, 20, 2)).similarity()).isLessThan(0.1);
  }

  @Test
  void of_growingShift_fallsSteadily() {
    double before = 1.01;
    for (double shift : new double[] {0, 0.3, 0.6, 1.2}) {
      double similarity = known(cloud(300, 0, 1), cloud(300, shift, 2)).similarity();
      assertThat(similarity).isLessThan(before);
      before = similarity;
    }
  }

  @Test
  void of_unevenSizes_takesAsManyOfEach() {
    Likeness.Known known = known(cloud(900, 0, 1), cloud(60, 0, 2));
    assertThat(known.source()).isEqualTo(60);
    assertThat(known.target()).isEqualTo(60);
  }

  @Test
  void of_again_isTheSame() {
    assertThat(known(cloud(80, 0, 1), cloud(80, 1, 2)))
        .isEqualTo(known(cloud(80, 0, 1), cloud(80, 1, 2)));
  }

  @Test
  void of_fewRows_isUnknown() {
    assertThat(TwoSampleTest.of(cloud(19, 0, 1), cloud(500, 0, 2), 1))
        .isInstanceOfSatisfying(
            Likeness.Unknown.class, why -> assertThat(why.said()).contains("19 events"));
  }

  @Test
  void of_constantColumns_areNoTrouble() {
    assertThat(known(new float[40][3], new float[40][3]).auc()).isEqualTo(0.5);
  }

  @Test
  void of_smallShiftOfManyRows_isToldApartAndStillAlike() {
    float[][] source = cloud(500, 0, 1);
    float[][] target = cloud(500, 0, 2);
    for (float[] row : target) {
      for (int i = 0; i < row.length; i++) {
        row[i] += 0.45f * (i + 1);
      }
    }
    Likeness.Known known = known(source, target);
    assertThat(known.auc()).isGreaterThan(0.9);
    assertThat(known.shift()).isBetween(0.4, 0.5);
    assertThat(known.similarity()).isGreaterThan(0.5);
  }
}
