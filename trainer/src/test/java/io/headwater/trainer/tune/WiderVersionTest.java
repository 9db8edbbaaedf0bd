package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.runtime.LoadedModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class WiderVersionTest {
  private static final ModelPackage MLP =
      Chains.asIs(Chains.vectors(""), Chains.mlp(3, 8, 16, 6, 2));

  @Test
  void of_labelsAdded_decidesAsBeforeWithTheSameFrozenPrefix() throws Exception {
    ModelPackage wide = WiderVersion.of(MLP, List.of("no", "yes", "maybe"));
    assertThat(wide.manifest().getLabels()).containsExactly("no", "yes", "maybe");
    assertThat(Segments.prefixDigest(wide.manifest()))
        .isEqualTo(Segments.prefixDigest(MLP.manifest()));
    try (LoadedModel before = LoadedModel.load(MLP);
        LoadedModel after = LoadedModel.load(wide)) {
      var event = Chains.event(1, -1, 0.5, 0, 0, 0, 2, 1);
      float[] two = before.score(List.of(before.featurise(event))).get(0).probabilities();
      float[] three = after.score(List.of(after.featurise(event))).get(0).probabilities();
      assertThat(three).hasSize(3);
      assertThat(after.decide(three)).isEqualTo(before.decide(two));
    }
  }

  @Test
  void of_labelsThatAreKnownOrOthers_isTheVersionItself() {
    assertThat(WiderVersion.of(MLP, List.of("no", "yes"))).isSameAs(MLP);
    assertThat(WiderVersion.of(MLP, List.of("yes", "no", "maybe"))).isSameAs(MLP);
  }

  @Test
  void of_headWithoutAMatrixOfClasses_namesTheLabels() {
    ModelPackage one = Chains.asIs(Chains.vectors(""), Chains.mlp(3, 8, 16, 6, 1));
    assertThatThrownBy(() -> WiderVersion.of(one, List.of("no", "yes", "maybe")))
        .hasMessageContaining("[maybe]")
        .hasMessageContaining("can't learn them");
  }
}
