package io.headwater.trainer.gradient;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixProductsTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @Test
  void matMul_twoMatrices_agrees() {
    String a = check.input(-1, 1, 3, 4);
    String b = check.input(-1, 1, 4, 2);
    check.check(check.emit().op("MatMul", a, b));
  }

  @Test
  void matMul_stackTimesMatrix_sumsOverTheStack() {
    String a = check.input(-1, 1, 2, 3, 4);
    String b = check.input(-1, 1, 4, 2);
    check.check(check.emit().op("MatMul", a, b));
  }

  @Test
  void matMul_stackTimesBroadcastStack_sumsOverTheRepeated() {
    String a = check.input(-1, 1, 2, 3, 4);
    String b = check.input(-1, 1, 1, 4, 2);
    check.check(check.emit().op("MatMul", a, b));
  }

  @Test
  void matMul_matrixTimesStack_sumsOverTheStack() {
    String a = check.input(-1, 1, 3, 4);
    String b = check.input(-1, 1, 2, 4, 2);
    check.check(check.emit().op("MatMul", a, b));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "0,1", "1,0", "1,1"})
  void gemm_eachTranspositionScaled_agrees(long transA, long transB) {
    String a = transA == 0 ? check.input(-1, 1, 3, 4) : check.input(-1, 1, 4, 3);
    String b = transB == 0 ? check.input(-1, 1, 4, 2) : check.input(-1, 1, 2, 4);
    String c = check.input(-1, 1, 2);
    check.check(
        check
            .emit()
            .node(
                "Gemm",
                List.of(a, b, c),
                Attributes.of("transA", transA),
                Attributes.of("transB", transB),
                Attributes.of("alpha", 0.7f),
                Attributes.of("beta", 1.3f)));
  }

  @Test
  void gemm_withoutBias_agrees() {
    String a = check.input(-1, 1, 3, 4);
    String b = check.input(-1, 1, 4, 2);
    check.check(check.emit().op("Gemm", a, b));
  }
}
