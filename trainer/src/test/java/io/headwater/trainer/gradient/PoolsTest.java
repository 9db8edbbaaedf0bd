package io.headwater.trainer.gradient;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolsTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @ParameterizedTest(name = "{0} kernel {1}, stride {2}, pad {3}, size {4}")
  @CsvSource({
    "MaxPool,2,2,0,6", "MaxPool,3,2,1,7", "MaxPool,3,1,0,5",
    "AveragePool,2,2,0,6", "AveragePool,3,2,1,7", "AveragePool,3,2,0,6"
  })
  void gradient_eachForm_agrees(String operator, long kernel, long stride, long pad, long size) {
    String x = check.input(-1, 1, 2, 3, size, size);
    check.check(check.emit().node(operator, List.of(x), form(kernel, stride, pad)));
  }

  @Test
  void averagePool_countingThePads_agrees() {
    String x = check.input(-1, 1, 2, 3, 7, 7);
    List<AttributeProto> form = new ArrayList<>(List.of(form(3, 2, 1)));
    form.add(Attributes.of("count_include_pad", 1L));
    check.check(check.emit().node("AveragePool", List.of(x), form.toArray(AttributeProto[]::new)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GlobalAveragePool", "GlobalMaxPool"})
  void gradient_ofWholeImages_agrees(String operator) {
    FiniteDifferences free = check.withFreeBatch();
    free.check(free.emit().op(operator, free.input(-1, 1, 2, 3, 4, 5)));
  }

  @Test
  void averagePool_roundedUp_isRefused() {
    String x = check.input(-1, 1, 1, 1, 5, 5);
    List<AttributeProto> form = new ArrayList<>(List.of(form(2, 2, 0)));
    form.add(Attributes.of("ceil_mode", 1L));
    String y = check.emit().node("AveragePool", List.of(x), form.toArray(AttributeProto[]::new));
    assertThatThrownBy(() -> check.check(y))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("its size is rounded up");
  }

  private static AttributeProto[] form(long kernel, long stride, long pad) {
    return new AttributeProto[] {
      Attributes.of("kernel_shape", new long[] {kernel, kernel}),
      Attributes.of("strides", new long[] {stride, stride}),
      Attributes.of("pads", new long[] {pad, pad, pad, pad})
    };
  }
}
