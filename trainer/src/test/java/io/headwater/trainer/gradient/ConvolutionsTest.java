package io.headwater.trainer.gradient;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvolutionsTest {
  private final FiniteDifferences check = new FiniteDifferences();

  @ParameterizedTest(name = "groups {0}, stride {1}, kernel {2}, pad {3}, dilation {4}, size {5}")
  @CsvSource({
    "1,1,3,1,1,6", "1,2,3,1,1,6", "1,2,3,1,1,7", "1,1,1,0,1,5", "1,2,1,0,1,5", "1,2,1,0,1,6",
    "1,1,3,2,2,7", "2,1,3,1,1,6", "2,2,1,0,1,5", "4,1,3,1,1,6", "4,2,3,1,1,7", "4,2,5,2,1,8"
  })
  void conv_eachForm_agrees(
      long groups, long stride, long kernel, long pad, long dilation, long size) {
    String x = check.input(-1, 1, 2, 4, size, size);
    String w = check.input(-1, 1, 4, 4 / groups, kernel, kernel);
    String b = check.input(-1, 1, 4);
    check.check(check.emit().node("Conv", List.of(x, w, b), form(groups, stride, pad, dilation)));
  }

  @ParameterizedTest(name = "groups {0}, stride {1}, kernel {2}, pad {3}, dilation {4}")
  @CsvSource({"1,1,3,1,1", "1,2,3,1,1", "2,2,3,0,1", "1,1,1,0,1", "1,1,3,0,2", "4,2,2,0,1"})
  void convTranspose_eachForm_agrees(
      long groups, long stride, long kernel, long pad, long dilation) {
    String x = check.input(-1, 1, 2, 4, 4, 4);
    String w = check.input(-1, 1, 4, 8 / groups, kernel, kernel);
    String b = check.input(-1, 1, 8);
    check.check(
        check.emit().node("ConvTranspose", List.of(x, w, b), form(groups, stride, pad, dilation)));
  }

  @Test
  void convTranspose_withOutputPadding_agrees() {
    String x = check.input(-1, 1, 2, 2, 4);
    String w = check.input(-1, 1, 2, 3, 3);
    check.check(
        check
            .emit()
            .node(
                "ConvTranspose",
                List.of(x, w),
                Attributes.of("strides", new long[] {2}),
                Attributes.of("output_padding", new long[] {1})));
  }

  @Test
  void conv_oneAxisAndFreeBatch_agrees() {
    FiniteDifferences free = check.withFreeBatch();
    String x = free.input(-1, 1, 2, 3, 8);
    Emitter emit = free.emit();
    String w = emit.constant(new float[] {1, -2, 3, 0.5f, 1, 2, -1, 1, 1}, 1, 3, 3);
    free.check(emit.node("Conv", List.of(x, w), Attributes.of("strides", new long[] {2})));
  }

  @Test
  void conv_unevenPads_agrees() {
    String x = check.input(-1, 1, 2, 3, 6, 6);
    String w = check.input(-1, 1, 4, 3, 3, 3);
    check.check(
        check.emit().node("Conv", List.of(x, w), Attributes.of("pads", new long[] {0, 1, 2, 0})));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SAME_UPPER", "SAME_LOWER", "VALID"})
  void conv_padsByItself_agrees(String how) {
    String x = check.input(-1, 1, 2, 3, 6, 6);
    String w = check.input(-1, 1, 4, 3, 3, 3);
    check.check(
        check
            .emit()
            .node(
                "Conv",
                List.of(x, w),
                Attributes.of("auto_pad", how),
                Attributes.of("strides", new long[] {2, 2})));
  }

  @Test
  void conv_sizeKnownOnlyAtRunTime_isRefused() {
    FiniteDifferences free = check.withFreeBatch();
    Emitter emit = free.emit();
    // The free axis becomes a spatial one.
    String x = emit.transpose(free.input(-1, 1, 5, 1, 2), 1, 2, 0);
    String y = emit.op("Conv", x, emit.constant(new float[] {1, 1}, 1, 2, 1));
    assertThatThrownBy(() -> free.check(y))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("its spatial size is known only at run time");
  }

  private static AttributeProto[] form(long groups, long stride, long pad, long dilation) {
    return new AttributeProto[] {
      Attributes.of("group", groups),
      Attributes.of("strides", new long[] {stride, stride}),
      Attributes.of("pads", new long[] {pad, pad, pad, pad}),
      Attributes.of("dilations", new long[] {dilation, dilation})
    };
  }
}
