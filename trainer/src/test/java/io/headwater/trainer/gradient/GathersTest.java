package io.headwater.trainer.gradient;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GathersTest {
  private final FiniteDifferences check = new FiniteDifferences();
  private final Emitter emit = check.emit();

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, -1})
  void gather_repeatedPositions_sums(long axis) {
    String x = check.input(-1, 1, 4, 5, 6);
    check.check(emit.node("Gather", List.of(x, emit.vector(1, 3, 1)), Attributes.of("axis", axis)));
  }

  @Test
  void gather_onePosition_dropsTheAxis() {
    String x = check.input(-1, 1, 2, 4, 3);
    check.check(emit.node("Gather", List.of(x, emit.whole(0)), Attributes.of("axis", 1L)));
  }

  @Test
  void gather_tableOfPositions_agrees() {
    String x = check.input(-1, 1, 2, 4, 3);
    String table = emit.reshape(emit.vector(0, 1, 3, -1, 2, 0), emit.vector(2, 3));
    check.check(emit.node("Gather", List.of(x, table), Attributes.of("axis", 1L)));
  }

  @Test
  void gatherElements_repeatedPositions_sums() {
    String x = check.input(-1, 1, 3, 2);
    String table = emit.reshape(emit.vector(0, 2, 2, 2), emit.vector(2, 2));
    check.check(emit.op("GatherElements", x, table));
  }

  @Test
  void gatherND_rows_agrees() {
    String x = check.input(-1, 1, 3, 2, 4);
    String table = emit.reshape(emit.vector(0, 1, 2, 0, 0, 1), emit.vector(3, 2));
    check.check(emit.op("GatherND", x, table));
  }

  @Test
  void scatterElements_overwrites() {
    String x = check.input(-1, 1, 3, 2);
    String table = emit.reshape(emit.vector(0, 2), emit.vector(1, 2));
    check.check(emit.op("ScatterElements", x, table, check.input(2, 3, 1, 2)));
  }

  @Test
  void scatterND_overwrites() {
    String x = check.input(-1, 1, 4, 2);
    String table = emit.reshape(emit.vector(3, 1), emit.vector(2, 1));
    check.check(emit.op("ScatterND", x, table, check.input(2, 3, 2, 2)));
  }

  @Test
  void slice_oneAxis_agrees() {
    String x = check.input(-1, 1, 2, 4, 3);
    check.check(emit.op("Slice", x, emit.vector(1), emit.vector(3), emit.vector(1)));
  }

  @Test
  void slice_severalAxesBackwardsAndByStride_agrees() {
    String x = check.input(-1, 1, 2, 5, 6);
    check.check(
        emit.op(
            "Slice",
            x,
            emit.vector(-1, 1),
            emit.vector(-1000, 6),
            emit.vector(1, -1),
            emit.vector(-2, 2)));
  }

  @Test
  void slice_withoutAxes_takesTheFirst() {
    String x = check.input(-1, 1, 3, 5);
    check.check(emit.op("Slice", x, emit.vector(1, 0), emit.vector(3, -1)));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,0", "0,1"})
  void topK_values_goBackToWhereTheyWere(long axis, long largest) {
    String x = check.input(-1, 1, 4, 5);
    check.check(
        emit.outputs(
                "TopK",
                2,
                List.of(x, emit.vector(2)),
                Attributes.of("axis", axis),
                Attributes.of("largest", largest))
            .get(0));
  }
}
