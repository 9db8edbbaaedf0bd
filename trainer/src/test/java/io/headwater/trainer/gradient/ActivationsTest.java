package io.headwater.trainer.gradient;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationsTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @ParameterizedTest
  @ValueSource(strings = {"Identity", "Neg", "Exp", "Relu", "Tanh", "Sigmoid"})
  void gradient_anyInput_agrees(String operator) {
    check.check(check.emit().op(operator, check.input(-2, 2, 3, 4)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Log", "Sqrt"})
  void gradient_positiveInput_agrees(String operator) {
    check.check(check.emit().op(operator, check.input(0.5, 2, 3, 4)));
  }
}
