package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class WiderHeadTest {
  private final HeadGraph head = Heads.mlp(6, 4, 2, 1);
  private final TrainingSet set = Heads.clouds(40, 6, 2, 5);

  @Test
  void widened_oneClassMore_keepsTheOldOnesOddsAndDecisions() {
    float[][] before = HeadRunner.probabilities(head, set.activations());
    float[][] after = HeadRunner.probabilities(head.widened(3), set.activations());
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).hasSize(3);
      assertThat(after[i][0] / after[i][1])
          .isCloseTo(before[i][0] / before[i][1], Offset.offset(1e-3f));
      assertThat(after[i][2]).isLessThanOrEqualTo(Math.max(after[i][0], after[i][1]));
    }
  }

  @Test
  void widened_headEndingInSoftmax_isWidenedToo() {
    HeadGraph wide = Heads.withSoftmax(head).widened(4);
    assertThat(HeadRunner.probabilities(wide, set.activations())[0]).hasSize(4);
  }

  @Test
  void widened_thenTuned_learnsTheNewClass() {
    int[] classes = set.classes().clone();
    for (int i = 0; i < classes.length; i += 3) {
      classes[i] = 2;
      Arrays.fill(set.activations()[i], 9);
    }
    TrainingSet three = new TrainingSet(set.activations(), classes, set.weights());
    HeadGraph wide = head.widened(3);
    TuneSettings settings =
        new TuneSettings(
            80, 8, 0.02, 0, 0.9, 0.999, 1e-8, 0.1, 1, true, TuneSettings.Start.WARM, 3);
    TuneOutcome outcome = HeadTuner.tune(wide, three, settings);
    HeadGraph tuned = wide.with(((TuneOutcome.Tuned) outcome).weights());
    assertThat(HeadRunner.probabilities(tuned, three.activations())[0][2]).isGreaterThan(0.8f);
  }

  @Test
  void widened_toFewer_isRefused() {
    assertThatThrownBy(() -> head.widened(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("knows 2 classes");
  }

  @Test
  void widened_headOfOneOutput_isRefused() {
    assertThatThrownBy(() -> Heads.ofTwo(6, 4, 1).widened(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has room for two classes");
  }
}
