package io.headwater.trainer.gradient;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionsTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Identity",
        "Neg",
        "Abs",
        "Exp",
        "Erf",
        "Sin",
        "Cos",
        "Atan",
        "Sinh",
        "Cosh",
        "Asinh"
      })
  void gradient_anyInput_agrees(String operator) {
    check.check(check.emit().op(operator, check.input(-2, 2, 3, 4)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Log", "Sqrt", "Reciprocal"})
  void gradient_positiveInput_agrees(String operator) {
    check.check(check.emit().op(operator, check.input(0.5, 2, 3, 4)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Tan", "Asin", "Acos", "Atanh"})
  void gradient_smallInput_agrees(String operator) {
    check.check(check.emit().op(operator, check.input(-0.8, 0.8, 3, 4)));
  }

  @Test
  void gradient_largeInputOfAcosh_agrees() {
    check.check(check.emit().op("Acosh", check.input(1.5, 4, 3, 4)));
  }

  @Test
  void gradient_toDoubleAndBack_agrees() {
    Emitter emit = check.emit();
    String wide = emit.node("Cast", List.of(check.input(-1, 1, 3)), Attributes.of("to", 11L));
    check.check(emit.toFloat(wide));
  }

  @Test
  void dropout_ofInference_passesAll() {
    check.check(check.emit().op("Dropout", check.input(-1, 1, 3, 4)));
  }

  @Test
  void dropout_inTraining_isRefused() {
    Emitter emit = check.emit();
    String yes = emit.node("Cast", List.of(emit.whole(1)), Attributes.of("to", 9L));
    String dropped = emit.op("Dropout", check.input(-1, 1, 3), emit.scalar(0), yes);
    assertThatThrownBy(() -> check.check(dropped))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("no gradient for this Dropout");
  }
}
