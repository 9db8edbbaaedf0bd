package io.headwater.trainer.gradient;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionBodiesTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @ParameterizedTest
  @ValueSource(strings = {"none", "tanh"})
  void gelu_eitherForm_agrees(String form) {
    FiniteDifferences newer = check.withOpset(20);
    String x = newer.input(-3, 3, 4, 5);
    newer.check(newer.emit().node("Gelu", List.of(x), Attributes.of("approximate", form)));
  }

  @Test
  void mish_anyInput_agrees() {
    check.check(check.emit().op("Mish", check.input(-3, 3, 4, 5)));
  }

  @Test
  void swish_steeper_agrees() {
    FiniteDifferences newer = check.withOpset(24);
    String x = newer.input(-3, 3, 4, 5);
    newer.check(newer.emit().node("Swish", List.of(x), Attributes.of("alpha", 1.5f)));
  }

  @Test
  void rmsNormalization_tokens_agrees() {
    FiniteDifferences newer = check.withOpset(23);
    String x = newer.input(-1, 1, 2, 3, 4);
    newer.check(newer.emit().op("RMSNormalization", x, newer.input(0.5, 2, 4)));
  }

  @Test
  void instanceNormalization_images_agrees() {
    String x = check.input(-1, 1, 2, 3, 4, 4);
    check.check(
        check.emit().op("InstanceNormalization", x, check.input(0.5, 2, 3), check.input(-1, 1, 3)));
  }

  @ParameterizedTest
  @CsvSource({"18,2", "21,4"})
  void groupNormalization_scalePerGroupOrChannel_agrees(int opset, int scales) {
    FiniteDifferences one = check.withOpset(opset);
    String x = one.input(-1, 1, 2, 4, 3, 3);
    String scale = one.input(0.5, 2, scales);
    String shift = one.input(-1, 1, scales);
    one.check(
        one.emit()
            .node("GroupNormalization", List.of(x, scale, shift), Attributes.of("num_groups", 2L)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void lpNormalization_eitherNorm_agrees(long p) {
    String x = check.input(-1, 1, 3, 4);
    check.check(
        check
            .emit()
            .node("LpNormalization", List.of(x), Attributes.of("p", p), Attributes.of("axis", 1L)));
  }

  @Test
  void meanVarianceNormalization_images_agrees() {
    check.check(check.emit().op("MeanVarianceNormalization", check.input(-1, 1, 2, 3, 2, 2)));
  }
}
