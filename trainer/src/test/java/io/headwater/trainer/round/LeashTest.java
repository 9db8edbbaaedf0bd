package io.headwater.trainer.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.Heads;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeashTest {
  private static final HeadGraph HEAD = Heads.mlp(4, 3, 2, 1);
  private static final String BIAS = "output.bias";

  /** The head's weights, its last bias at 0 and 1 further on by so much. */
  private static Map<String, float[]> moved(float by) {
    Map<String, float[]> weights = new HashMap<>(HEAD.weights());
    weights.put(BIAS, new float[] {by, by});
    return weights;
  }

  private static double bias(HeadGraph head) {
    return head.weights().get(BIAS)[0];
  }

  @Test
  void between_aPart_isThatMuchOfTheWay() {
    HeadGraph start = HEAD.with(moved(2));
    assertThat(Leash.between(start, moved(6), 0.25).get(BIAS)).containsExactly(3, 3);
    assertThat(Leash.between(start, moved(6), 1).get(BIAS)).containsExactly(6, 6);
  }

  @Test
  void between_weightsOfAnotherHead_isRefused() {
    assertThatThrownBy(() -> Leash.between(HEAD, Map.of("other", new float[1]), 1))
        .hasMessageContaining("'other'");
  }

  @Test
  void toReach_aFigure_isTheLargestQuarterThatDoes() {
    HeadGraph start = HEAD.with(moved(0));
    assertThat(Leash.toReach(-3, head -> -bias(head)).part(start, moved(2))).isEqualTo(1);
    assertThat(Leash.toReach(-3, head -> -bias(head)).part(start, moved(5))).isEqualTo(0.5);
    assertThat(Leash.toReach(-3, head -> -bias(head)).part(start, moved(12))).isEqualTo(0.25);
    assertThat(Leash.toReach(-3, head -> -bias(head)).part(start, moved(13))).isEqualTo(1);
  }
}
