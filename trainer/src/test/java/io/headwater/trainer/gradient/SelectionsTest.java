package io.headwater.trainer.gradient;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionsTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @Test
  void clip_bothBounds_passesOnlyBetweenThem() {
    String x = check.input(-1, 1, 3, 4);
    check.check(check.emit().op("Clip", x, check.emit().scalar(-0.5f), check.emit().scalar(0.6f)));
  }

  @Test
  void clip_lowerBoundAlone_passesAboveIt() {
    String x = check.input(-1, 1, 3, 4);
    check.check(check.emit().op("Clip", x, check.emit().scalar(-0.5f)));
  }

  @Test
  void clip_upperBoundAlone_passesBelowIt() {
    String x = check.input(-1, 1, 3, 4);
    check.check(check.emit().op("Clip", x, "", check.emit().scalar(0.5f)));
  }

  @Test
  void clip_noBound_passesAll() {
    check.check(check.emit().op("Clip", check.input(-1, 1, 3, 4)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Max", "Min"})
  void extreme_broadcastInputs_goesToTheOneLetThrough(String operator) {
    String a = check.input(-1, 1, 3, 4);
    String b = check.input(-0.9, 1.1, 4);
    check.check(check.emit().op(operator, a, b));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Max", "Min"})
  void extreme_oneInput_passesAll(String operator) {
    check.check(check.emit().op(operator, check.input(-1, 1, 3, 4)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Max", "Min"})
  void extreme_threeInputs_agrees(String operator) {
    String a = check.input(-1, 1, 3, 4);
    String b = check.input(-0.9, 1.1, 4);
    check.check(check.emit().op(operator, a, b, check.input(-1.1, 0.9, 3, 1)));
  }

  @Test
  void where_broadcastSides_agrees() {
    Emitter emit = check.emit();
    String x = check.input(-1, 1, 3, 4);
    String chosen = emit.op("Greater", x, emit.scalar(0.1f));
    check.check(emit.add(x, emit.op("Where", chosen, check.input(-1, 1, 4), x)));
  }
}
