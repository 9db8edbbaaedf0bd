package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ClassFiguresTest {
  private static final float[][] ROWS = {
    {0.7f, 0.2f, 0.1f}, {0.6f, 0.3f, 0.1f}, {0.2f, 0.7f, 0.1f}, {0.1f, 0.8f, 0.1f}
  };

  @Test
  void of_threeClasses_givesEachItsOwn() {
    List<ClassFigures> figures =
        ClassFigures.of(ROWS, new int[] {0, 0, 1, 1}, new int[] {0, 1, 1, 1});
    assertThat(figures.get(0).precision()).hasValue(0.5);
    assertThat(figures.get(0).recall()).hasValue(1);
    assertThat(figures.get(1).precision()).hasValue(1);
    assertThat(figures.get(1).recall().orElseThrow()).isCloseTo(2.0 / 3, Offset.offset(1e-12));
    assertThat(figures.get(1).auc()).hasValue(1);
    assertThat(figures.get(1).averagePrecision()).hasValue(1);
  }

  @Test
  void of_aClassThatNeverOccurs_isEmptyWhereNothingCanBeSaid() {
    ClassFigures third =
        ClassFigures.of(ROWS, new int[] {0, 0, 1, 1}, new int[] {0, 1, 1, 1}).get(2);
    assertThat(third.count()).isZero();
    assertThat(third.recall()).isEmpty();
    assertThat(third.precision()).isEmpty();
    assertThat(third.auc()).isEmpty();
  }
}
