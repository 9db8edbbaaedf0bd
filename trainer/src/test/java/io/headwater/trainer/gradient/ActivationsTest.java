package io.headwater.trainer.gradient;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationsTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Relu",
        "Tanh",
        "Sigmoid",
        "Softplus",
        "Softsign",
        "LeakyRelu",
        "Elu",
        "Selu",
        "Celu",
        "ThresholdedRelu",
        "HardSigmoid",
        "HardSwish"
      })
  void gradient_bothSidesOfTheKinks_agrees(String operator) {
    check.check(check.emit().op(operator, check.input(-4, 4.1, 5, 6)));
  }

  @ParameterizedTest
  @CsvSource({
    "LeakyRelu,alpha,0.3",
    "Elu,alpha,2",
    "Selu,gamma,3",
    "Celu,alpha,2",
    "ThresholdedRelu,alpha,0.3",
    "Shrink,lambd,0.7",
    "HardSigmoid,alpha,0.4"
  })
  void gradient_withAttribute_heedsIt(String operator, String attribute, float value) {
    String x = check.input(-3, 3.1, 4, 5);
    check.check(check.emit().node(operator, List.of(x), Attributes.of(attribute, value)));
  }

  @Test
  void gradient_slopePerChannel_sumsOverTheOthers() {
    String x = check.input(-2, 2, 2, 3, 4);
    String slope = check.input(0.1, 0.5, 3, 1);
    check.check(check.emit().op("PRelu", x, slope));
  }
}
