package io.headwater.trainer.gradient;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReductionsTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @ParameterizedTest
  @CsvSource({
    "ReduceSum,0,0", "ReduceSum,1,1", "ReduceSum,-1,0",
    "ReduceMean,0,0", "ReduceMean,1,1", "ReduceMean,-1,0",
    "ReduceL1,0,0", "ReduceL1,1,1", "ReduceL1,-1,0",
    "ReduceL2,0,0", "ReduceL2,1,1", "ReduceL2,-1,0",
    "ReduceSumSquare,0,0", "ReduceSumSquare,1,1", "ReduceSumSquare,-1,0",
    "ReduceLogSumExp,0,0", "ReduceLogSumExp,1,1", "ReduceLogSumExp,-1,0",
    "ReduceMax,0,0", "ReduceMax,1,1", "ReduceMax,-1,0",
    "ReduceMin,0,0", "ReduceMin,1,1", "ReduceMin,-1,0"
  })
  void gradient_oneAxis_agrees(String operator, long axis, long keepDims) {
    String x = check.input(-1, 1, 2, 3, 4);
    check.check(
        check
            .emit()
            .node(
                operator,
                List.of(x, check.emit().vector(axis)),
                Attributes.of("keepdims", keepDims)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ReduceSum", "ReduceMean", "ReduceL2"})
  void gradient_noAxes_reducesAll(String operator) {
    String x = check.input(-1, 1, 2, 3);
    check.check(check.emit().node(operator, List.of(x), Attributes.of("keepdims", 0L)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ReduceSum", "ReduceMean", "ReduceL2"})
  void gradient_axisKnownOnlyAtRunTime_agrees(String operator) {
    FiniteDifferences free = check.withFreeBatch();
    String x = free.input(-1, 1, 3, 4);
    free.check(
        free.emit()
            .node(operator, List.of(x, free.emit().vector(0, 1)), Attributes.of("keepdims", 0L)));
  }

  @Test
  void gradient_logSumOfPositives_agrees() {
    String x = check.input(0.5, 2, 2, 3);
    check.check(check.emit().op("ReduceLogSum", x, check.emit().vector(1)));
  }

  @Test
  void gradient_noopWithEmptyAxes_passesAll() {
    String x = check.input(-1, 1, 2, 3);
    check.check(
        check.emit().node("ReduceSum", List.of(x), Attributes.of("noop_with_empty_axes", 1L)));
  }
}
