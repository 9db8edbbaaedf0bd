package io.headwater.ops.bench.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Memory;
import io.headwater.ops.bench.transfer.TransferReport.Flipped;
import io.headwater.ops.bench.transfer.TransferReport.Noise;
import io.headwater.ops.bench.transfer.TransferTrial.Result;
import java.util.Arrays;
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
            List.of(
                new Flipped(50, 0.2, 20, 3, new Mean(-0.0015, 0.0008), 3, 1),
                new Flipped(100, 0.2, 20, 9, new Mean(-0.0061, 0.0008), 5, 0)));

    assertThat(report.text())
        .contains("50 labels shuffled: published in 0 of 20 draws; else {no-signal=20}")
        .contains(
            "50 labels, 20 % of them wrong: published in 3 of 20 draws, -0.0015 ± 0.0008 over"
                + " frozen; by more than 0.005 below it in 3, clearly in 1");
    assertThat(report.missed())
        .containsExactly(
            "50 labels, 20 % of them wrong: something clearly worse published in 1 of 20 draws",
            "100 labels, 20 % of them wrong: below the frozen head: -0.0061, wanted -0.005");
    assertThat(report.json()).contains("\"worse\" : 3", "\"clearlyWorse\" : 1");
  }

  @Test
  void over_ofPairedResults_isTheRangeOfTheDifference() {
    boolean[] all = new boolean[400];
    Arrays.fill(all, true);
    boolean[] fewer = all.clone();
    Arrays.fill(fewer, 0, 40, false);
    Result better = new Result(all, 0, true, "");
    Result worse = new Result(fewer, 0, true, "");
    assertThat(worse.accuracy()).isEqualTo(0.9);
    assertThat(worse.isClearlyBelow(better)).isTrue();
    assertThat(better.isClearlyBelow(better)).isFalse();
    assertThat(Result.NONE.accuracy()).isNaN();
  }

  @Test
  void pipeline_ofTheBench_namesNoFilesOfTheDemo() {
    assertThat(TransferBenchCommand.pipeline().training().memory()).isEqualTo(Memory.DEFAULT);
  }
}
