package io.headwater.trainer.gradient;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoftmaxesTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @ParameterizedTest
  @CsvSource({"Softmax,-1", "Softmax,1", "LogSoftmax,-1", "LogSoftmax,0"})
  void gradient_eachAxis_agrees(String operator, long axis) {
    String x = check.input(-2, 2, 3, 4);
    check.check(check.emit().node(operator, List.of(x), Attributes.of("axis", axis)));
  }
}
