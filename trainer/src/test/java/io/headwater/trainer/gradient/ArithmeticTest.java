package io.headwater.trainer.gradient;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArithmeticTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Sub", "Mul", "Div", "Sum"})
  void gradient_equalShapes_agrees(String operator) {
    String a = check.input(-1, 1, 3, 4);
    String b = check.input(0.5, 2, 3, 4);
    check.check(check.emit().op(operator, a, b));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Sub", "Mul", "Div", "Sum"})
  void gradient_secondBroadcastFromFewerAxes_sumsOverThem(String operator) {
    String a = check.input(-1, 1, 2, 3, 4);
    String b = check.input(0.5, 2, 4);
    check.check(check.emit().op(operator, a, b));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Sub", "Mul", "Div", "Sum"})
  void gradient_bothBroadcastAlongOnes_sumsOverThem(String operator) {
    String a = check.input(-1, 1, 3, 1);
    String b = check.input(0.5, 2, 2, 1, 4);
    check.check(check.emit().op(operator, a, b));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Sub", "Mul", "Div"})
  void gradient_fewerAxesAndOnes_takesTheInputsShape(String operator) {
    String a = check.input(-1, 1, 2, 3, 4);
    String b = check.input(0.5, 2, 3, 1);
    check.check(check.emit().op(operator, a, b));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Mul"})
  void gradient_oneValueTwice_sumsItsParts(String operator) {
    String a = check.input(-1, 1, 3, 4);
    check.check(check.emit().op(operator, a, a));
  }

  @ParameterizedTest
  @ValueSource(floats = {2, 3, 1.7f, -1})
  void pow_ofConstantExponent_agrees(float exponent) {
    check.check(check.emit().op("Pow", check.input(0.5, 2, 3, 4), check.emit().scalar(exponent)));
  }

  @Test
  void pow_negativeBaseOfSquare_agrees() {
    check.check(check.emit().op("Pow", check.input(-2, 2, 3, 4), check.emit().scalar(2)));
  }

  @Test
  void pow_integerExponent_agrees() {
    check.check(check.emit().op("Pow", check.input(-2, 2, 3, 4), check.emit().whole(3)));
  }

  @Test
  void pow_trainedExponent_agrees() {
    check.check(check.emit().op("Pow", check.input(0.5, 2, 3, 4), check.input(-1, 2, 4)));
  }

  @Test
  void mean_broadcastInputs_agrees() {
    String a = check.input(-1, 1, 3, 4);
    check.check(check.emit().op("Mean", a, check.input(-1, 1, 4), a));
  }
}
