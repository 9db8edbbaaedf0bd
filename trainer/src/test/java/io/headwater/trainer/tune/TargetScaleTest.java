package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.OutputKind;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TargetScaleTest {
  private static final HeadGraph LINEAR =
      new HeadGraph(Heads.mlp(4, 3, 1, 5).model(), OutputKind.VALUES);
  private static final float[][] ROWS = {{1, 2, 3, 4}, {-1, 0, 2, 0.5f}};

  @Test
  void into_scalesTheAnswers_andBackUndoesIt() {
    TargetScale scale = TargetScale.of(LINEAR, 100, 300);
    float[][] plain = HeadRunner.probabilities(LINEAR, ROWS);
    HeadGraph scaled = scale.into(LINEAR);
    float[][] standardised = HeadRunner.probabilities(scaled, ROWS);
    float[][] again = HeadRunner.probabilities(LINEAR.with(scale.back(scaled.weights())), ROWS);
    for (int i = 0; i < ROWS.length; i++) {
      assertThat(standardised[i][0]).isCloseTo((plain[i][0] - 200) / 100, Offset.offset(1e-5f));
      assertThat(again[i][0]).isCloseTo(plain[i][0], Offset.offset(1e-4f));
    }
    float[] row = new float[1];
    scale.applied(100, 300).row(1, row, 0);
    assertThat(row).containsExactly(1f);
  }

  @Test
  void of_aHeadWithoutALinearEnd_changesNothing() {
    HeadGraph squashed =
        new HeadGraph(Heads.withSoftmax(Heads.mlp(4, 3, 2, 5)).model(), OutputKind.VALUES);
    TargetScale scale = TargetScale.of(squashed, 100, 300);
    float[] row = new float[1];
    scale.applied(100, 300).row(1, row, 0);
    assertThat(row).containsExactly(300f);
    assertThat(scale.back(squashed.weights())).hasSameSizeAs(squashed.weights());
  }

  @Test
  void of_equalNumbers_isFinite() {
    float[] row = new float[1];
    TargetScale.of(LINEAR, 7, 7).applied(7, 7).row(0, row, 0);
    assertThat(row).containsExactly(0f);
  }
}
