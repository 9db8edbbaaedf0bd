package io.headwater.trainer.gradient;

import org.junit.jupiter.api.Test;

class ReshapesTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @Test
  void reshape_otherShape_agrees() {
    String x = check.input(-1, 1, 3, 4);
    check.check(check.emit().reshape(x, check.emit().vector(2, 6)));
  }

  @Test
  void flatten_stack_agrees() {
    check.check(check.emit().op("Flatten", check.input(-1, 1, 2, 3, 4)));
  }

  @Test
  void squeezeAndUnsqueeze_axisOfOne_agrees() {
    String x = check.input(-1, 1, 3, 1, 4);
    String squeezed = check.emit().op("Squeeze", x, check.emit().vector(1));
    check.check(check.emit().op("Unsqueeze", squeezed, check.emit().vector(0)));
  }
}
