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

  private static float[] held(HeadGraph from, float by, double part) {
    return Leash.part(from, part).held(moved(by), part).getOrDefault(BIAS, new float[0]);
  }

  @Test
  void held_aPart_isThatMuchOfTheWay() {
    HeadGraph start = HEAD.with(moved(2));
    assertThat(held(start, 6, 0.25)).containsExactly(3, 3);
    assertThat(held(start, 6, 1)).containsExactly(6, 6);
    assertThat(Leash.NONE.part(moved(6))).isEqualTo(1);
  }

  @Test
  void held_weightsOfAnotherHead_isRefused() {
    assertThatThrownBy(() -> Leash.part(HEAD, 0.5).held(Map.of("other", new float[1]), 0.5))
        .hasMessageContaining("'other'");
  }

  @Test
  void within_whatIsTolerable_isTheMostTwentiethsThatAre() {
    Leash leash = Leash.within(HEAD.with(moved(0)), head -> bias(head) < 3.001);
    assertThat(leash.part(moved(2))).isEqualTo(1);
    assertThat(leash.part(moved(5))).isEqualTo(0.6);
    assertThat(leash.part(moved(60))).isEqualTo(0.05);
    assertThat(leash.part(moved(61))).isEqualTo(1);
  }
}
