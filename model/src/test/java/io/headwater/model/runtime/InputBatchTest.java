package io.headwater.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import io.headwater.model.featurise.FeatureSample;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.Featuriser;
import io.headwater.model.featurise.InputLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InputBatchTest {
  static List<FeatureSample> samples() {
    return FeatureSample.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void of_batchOfMany_holdsWhatBatchesOfOneHold(FeatureSample sample) throws Exception {
    try (Featuriser featuriser = sample.open()) {
      List<Features> batch = new ArrayList<>();
      for (var event : sample.goodEvents()) {
        batch.add(featuriser.featurise(event));
      }
      for (var input : sample.inputs()) {
        String name = input.getName();
        byte[] together = bytes(featuriser.layout(), batch, name);
        int each = together.length / batch.size();
        for (int i = 0; i < batch.size(); i++) {
          byte[] alone = bytes(featuriser.layout(), List.of(batch.get(i)), name);
          byte[] row = Arrays.copyOfRange(together, i * each, (i + 1) * each);

          assertThat(Arrays.copyOf(row, alone.length)).as(name).isEqualTo(alone);
          assertThat(Arrays.copyOfRange(row, alone.length, each))
              .as("padding")
              .isEqualTo(new byte[each - alone.length]);
        }
      }
    }
  }

  @Test
  void of_fixedLength_padsIdsWithTheirTokenAndTheMaskWithZeros() throws Exception {
    InputLayout.Text text =
        new InputLayout.Text("ids", "mask", "types", InputLayout.Cell.INT32, 4, 9);
    InputLayout layout = new InputLayout(List.of(text), List.of(), List.of(), false);
    try (InputBatch batch = InputBatch.of(layout, List.of(new Features(new long[] {5, 6})))) {
      assertThat((int[][]) batch.tensors().get("ids").getValue()).isDeepEqualTo(row(5, 6, 9, 9));
      assertThat((int[][]) batch.tensors().get("mask").getValue()).isDeepEqualTo(row(1, 1, 0, 0));
      assertThat((int[][]) batch.tensors().get("types").getValue()).isDeepEqualTo(row(0, 0, 0, 0));
    }
  }

  @Test
  void end_batchThatIsLarge_isCutWhereMemoryEnds() {
    InputLayout.Values picture =
        new InputLayout.Values("x", InputLayout.Cell.FLOAT, List.of(3, 1024, 1024));
    InputLayout layout = new InputLayout(List.of(), List.of(picture), List.of(), false);
    Features one = new Features(new long[0][], new float[0], new long[0]);
    List<Features> batch = List.of(one, one, one, one, one, one, one);

    assertThat(InputBatch.end(layout, batch, 0)).isEqualTo(5);
    assertThat(InputBatch.end(layout, batch, 5)).isEqualTo(7);
    assertThat(InputBatch.end(new InputLayout(List.of(), List.of(), List.of(), true), batch, 2))
        .isEqualTo(3);
  }

  private static int[][] row(int... cells) {
    return new int[][] {cells};
  }

  private static byte[] bytes(InputLayout layout, List<Features> batch, String input) {
    try (InputBatch inputs = InputBatch.of(layout, batch)) {
      OnnxTensor tensor = inputs.tensors().get(input);
      ByteBuffer buffer = tensor.getByteBuffer();
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    }
  }
}
