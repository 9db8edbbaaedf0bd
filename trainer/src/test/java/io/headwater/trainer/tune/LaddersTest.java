package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.trainer.plan.Depth;
import io.headwater.trainer.plan.Ladder;
import org.junit.jupiter.api.Test;

class LaddersTest {
  @Test
  void of_mlp_hasADepthForEachLayer() {
    Ladder ladder = Ladders.of(Chains.asIs(Chains.vectors(""), Chains.mlp(3, 8, 16, 6, 2)));
    assertThat(ladder.depths())
        .containsExactly(
            new Depth(1, 6 * 2 + 2),
            new Depth(2, 6 * 2 + 2 + 16 * 6 + 6),
            new Depth(3, 6 * 2 + 2 + 16 * 6 + 6 + 8 * 16 + 16));
    assertThat(ladder.segments()).isEqualTo(3);
    assertThat(ladder.stop()).isEmpty();
  }

  @Test
  void of_quantisedEncoder_stopsAtTheHeadAndNamesTheOperator() {
    Ladder ladder = Ladders.of(Chains.miniLm(Chains.texts(""), true, 1));
    assertThat(ladder.deepest().segments()).isLessThan(ladder.segments());
    assertThat(ladder.stop()).contains("no gradient for").contains("DynamicQuantizeLinear");
    assertThat(ladder.depths()).hasSize(1);
  }
}
