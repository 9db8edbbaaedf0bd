package io.headwater.trainer.gradient;

import java.util.List;
import org.junit.jupiter.api.Test;

class NormalisationsTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @Test
  void gradient_batchNormalizationOfRows_agrees() {
    check.check(normalised(check.input(-1, 1, 5, 3)));
  }

  @Test
  void gradient_batchNormalizationOfImages_agrees() {
    check.check(normalised(check.input(-1, 1, 2, 3, 2, 2)));
  }

  @Test
  void gradient_layerNormalizationOfTokens_agrees() {
    String x = check.input(-1, 1, 2, 3, 8);
    check.check(
        check.emit().op("LayerNormalization", x, check.input(0.5, 2, 8), check.input(-1, 1, 8)));
  }

  @Test
  void gradient_layerNormalizationOverTwoAxes_agrees() {
    String x = check.input(-1, 1, 3, 2, 4);
    check.check(
        check
            .emit()
            .node(
                "LayerNormalization",
                List.of(x, check.input(0.5, 2, 2, 4)),
                Attributes.of("axis", 1L)));
  }

  private String normalised(String x) {
    String scale = check.input(0.5, 2, 3);
    String shift = check.input(-1, 1, 3);
    Emitter emit = check.emit();
    String mean = emit.op("Mul", emit.scalar(0.5f), emit.toFloat(emit.vector(-1, 0, 1)));
    String variance = emit.toFloat(emit.vector(1, 2, 3));
    return emit.node("BatchNormalization", List.of(x, scale, shift, mean, variance));
  }
}
