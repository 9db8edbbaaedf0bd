package io.headwater.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.onnx.ToyEncoder;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Threshold;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionRuleTest {
  @Test
  void decide_noThresholds_takesTheMostProbableAndOfEqualsTheFirst() {
    DecisionRule rule = rule();

    assertThat(rule.decide(new float[] {0.2f, 0.5f, 0.3f})).isEqualTo("b");
    assertThat(rule.decide(new float[] {0.4f, 0.2f, 0.4f})).isEqualTo("a");
  }

  @Test
  void decide_thresholdReached_takesItsLabel() {
    DecisionRule rule = rule(new Threshold("c", 0.1));

    assertThat(rule.decide(new float[] {0.5f, 0.45f, 0.05f})).isEqualTo("a");
    assertThat(rule.decide(new float[] {0.5f, 0.375f, 0.125f})).isEqualTo("c");
  }

  @Test
  void decide_thresholdNotReached_takesTheMostProbableOther() {
    DecisionRule rule = rule(new Threshold("a", 0.9));

    assertThat(rule.decide(new float[] {0.8f, 0.05f, 0.15f})).isEqualTo("c");
  }

  @Test
  void decide_allHaveThresholdsAndNoneIsReached_takesTheMostProbable() {
    DecisionRule rule =
        rule(new Threshold("a", 0.9), new Threshold("b", 0.9), new Threshold("c", 0.9));

    assertThat(rule.decide(new float[] {0.2f, 0.5f, 0.3f})).isEqualTo("b");
  }

  @Test
  void decide_otherNumberOfProbabilities_refuses() {
    assertThatThrownBy(() -> rule().decide(new float[2]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static DecisionRule rule(Threshold... thresholds) {
    Manifest manifest = ToyEncoder.packaged(0).manifest();
    manifest.setLabels(List.of("a", "b", "c"));
    manifest.setThresholds(List.of(thresholds));
    return DecisionRule.of(manifest);
  }
}
