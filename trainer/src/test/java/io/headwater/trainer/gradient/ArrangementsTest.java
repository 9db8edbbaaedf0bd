package io.headwater.trainer.gradient;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrangementsTest {
  private final FiniteDifferences check = new FiniteDifferences();
  private final Emitter emit = check.emit();

  @Test
  void transpose_cycle_isUndone() {
    String x = check.input(-1, 1, 2, 3, 4);
    check.check(emit.mul(emit.transpose(x, 2, 0, 1), emit.transpose(x, 2, 0, 1)));
  }

  @Test
  void transpose_withoutPermutation_reverses() {
    check.check(emit.op("Transpose", check.input(-1, 1, 2, 3, 4)));
  }

  @Test
  void expand_onesAndNewAxes_sumsOverThem() {
    check.check(emit.op("Expand", check.input(-1, 1, 3, 1), emit.vector(2, 3, 4)));
  }

  @Test
  void concat_oneInputTwice_takesBothParts() {
    String a = check.input(-1, 1, 2, 3);
    String b = check.input(-1, 1, 2, 2);
    check.check(emit.node("Concat", List.of(a, b, a), Attributes.of("axis", 1L)));
  }

  @Test
  void concat_alongAnAxisKnownOnlyAtRunTime_agrees() {
    FiniteDifferences free = check.withFreeBatch();
    String a = free.input(-1, 1, 2, 3);
    String b = free.input(-1, 1, 2, 3);
    free.check(emit.node("Concat", List.of(a, b), Attributes.of("axis", 0L)));
  }

  @Test
  void split_onePartUnused_hasNoGradientThere() {
    String x = check.input(-1, 1, 2, 5);
    check.check(emit.split(x, emit.vector(2, 3), 2, 1).get(1));
  }

  @Test
  void split_bothPartsUsed_agrees() {
    String x = check.input(-1, 1, 2, 4);
    List<String> parts = emit.split(x, emit.vector(2, 2), 2, 1);
    check.check(emit.mul(parts.get(0), parts.get(1)));
  }

  @Test
  void tile_twoAxes_sumsOverTheRepeats() {
    check.check(emit.op("Tile", check.input(-1, 1, 2, 3), emit.vector(3, 2)));
  }

  @Test
  void pad_andCrop_agrees() {
    check.check(emit.op("Pad", check.input(-1, 1, 3, 4), emit.vector(1, -1, 0, 2)));
  }

  @Test
  void pad_someAxes_agrees() {
    String x = check.input(-1, 1, 2, 3, 4);
    check.check(emit.op("Pad", x, emit.vector(1, 2), "", emit.vector(-1)));
  }

  @Test
  void pad_byReflection_isRefused() {
    String x = check.input(-1, 1, 3, 4);
    String y =
        emit.node("Pad", List.of(x, emit.vector(0, 1, 0, 1)), Attributes.of("mode", "reflect"));
    assertThatThrownBy(() -> check.check(y))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("its mode is reflect");
  }

  @Test
  void depthToSpace_andSpaceToDepth_agree() {
    String x = check.input(-1, 1, 1, 8, 2, 3);
    String wide = emit.node("DepthToSpace", List.of(x), Attributes.of("blocksize", 2L));
    check.check(emit.mul(wide, wide));
  }

  @Test
  void spaceToDepth_images_agrees() {
    String x = check.input(-1, 1, 1, 2, 4, 6);
    check.check(emit.node("SpaceToDepth", List.of(x), Attributes.of("blocksize", 2L)));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "0,1", "1,0", "1,1"})
  void cumSum_eachForm_agrees(long reverse, long exclusive) {
    String x = check.input(-1, 1, 2, 4);
    check.check(
        emit.node(
            "CumSum",
            List.of(x, emit.whole(1)),
            Attributes.of("reverse", reverse),
            Attributes.of("exclusive", exclusive)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void trilu_eitherHalf_agrees(long upper) {
    String x = check.input(-1, 1, 3, 4);
    check.check(emit.node("Trilu", List.of(x), Attributes.of("upper", upper)));
  }
}
