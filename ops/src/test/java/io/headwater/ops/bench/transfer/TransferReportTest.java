package io.headwater.ops.bench.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Memory;
import io.headwater.ops.bench.transfer.TransferReport.Flipped;
import io.headwater.ops.bench.transfer.TransferReport.Noise;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TransferReportTest {
  @Test
  void text_ofNoiseAndFlips_saysWhatCameOfThem() {
    TransferReport report =
        new TransferReport(
            "films",
            "amazon",
            20,
            500,
            List.of(),
            List.of(new Noise(50, 20, 0, Map.of("no-signal", 20))),
            List.of(new Flipped(50, 0.2, 20, 3, new Mean(-0.0015, 0.0008), 3)));

    assertThat(report.text())
        .contains("50 labels shuffled: published in 0 of 20 draws; else {no-signal=20}")
        .contains(
            "50 labels, 20 % of them wrong: published in 3 of 20 draws, -0.0015 ± 0.0008 over"
                + " frozen; worse in 3");
    assertThat(report.missed())
        .containsExactly(
            "50 labels, 20 % of them wrong: something worse published in 3 of 20 draws");
    assertThat(report.json()).contains("\"worse\" : 3");
  }

  @Test
  void pipeline_ofTheBench_namesNoFilesOfTheDemo() {
    assertThat(TransferBenchCommand.pipeline().training().memory()).isEqualTo(Memory.DEFAULT);
  }
}
