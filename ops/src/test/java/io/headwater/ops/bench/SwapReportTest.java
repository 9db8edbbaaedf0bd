package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.RecordSerde;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwapReportTest {
  private static final Quantiles TEN = Quantiles.of(new double[] {10});
  private static final Quantiles ELEVEN = Quantiles.of(new double[] {11});

  @TempDir private Path work;

  @Test
  void quantiles_ofAFewValues_areThoseOfTheTextbook() {
    Quantiles spread = Quantiles.of(new double[] {4, 1, 3, 2});

    assertThat(spread).isEqualTo(new Quantiles(4, 2, 4, 4, 4));
    assertThat(Quantiles.of(new double[0])).isEqualTo(new Quantiles(0, 0, 0, 0, 0));
    assertThat(Quantiles.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    assertThat(Quantiles.median(new double[] {9, 1, 3})).isEqualTo(3);
  }

  @Test
  void slope_ofALineWithNoise_hasTheErrorOfTheTextbook() {
    Slope exact = Slope.of(List.of(1.0, 3.0, 5.0));
    Slope noisy = Slope.of(List.of(1.0, 4.0, 4.0, 7.0));

    assertThat(exact).isEqualTo(new Slope(2, 0));
    assertThat(noisy.perStep()).isEqualTo(1.8, within(1e-12));
    // Residuals -0.3, 0.9, -0.9, 0.3: sqrt(1.8 / 2 / 5).
    assertThat(noisy.standardError()).isEqualTo(0.424264, within(1e-6));
    assertThat(Slope.of(List.of(1.0)).perStep()).isNaN();
  }

  @Test
  void memory_leavesTheFirstHundredSwapsOut() {
    List<Double> resident =
        DoubleStream.iterate(0, i -> i + 1)
            .limit(400)
            .map(i -> i < 100 ? 9 * i : 2 * i)
            .boxed()
            .toList();

    SwapReport.Memory memory = SwapReport.Memory.of(resident, List.of());

    assertThat(memory.skipped()).isEqualTo(100);
    assertThat(memory.residentKiB().perStep()).isEqualTo(2, within(1e-9));
    assertThat(memory.settledKiB().perStep()).isEqualTo(2, within(1e-9));
    assertThat(memory.heapKiB().perStep()).isNaN();
    assertThat(SwapReport.Memory.of(resident, List.of(0L, 102_400L)).heapKiB().perStep())
        .isEqualTo(1);
  }

  @Test
  void report_lostOrWrong_isNotSound() {
    SwapReport.Pair pair =
        new SwapReport.Pair(
            new SwapReport.Latency(TEN, TEN), new SwapReport.Latency(ELEVEN, TEN), 4);
    SwapReport sound = report(List.of(pair), 0, Map.of());

    assertThat(sound.sound()).isTrue();
    assertThat(sound.median(SwapReport.Pair::scoredRatio)).isEqualTo(1.1);
    assertThat(sound.text()).contains("1.10 in the scorer, 1.00 as read").contains("errors: none");
    assertThat(sound.json()).contains("\"cpuMillisPerSwap\" : 4.0");
    assertThat(report(List.of(pair), memory(600, 16), 0, Map.of()).sound()).isTrue();
    assertThat(report(List.of(), 1, Map.of()).sound()).isFalse();
    assertThat(report(List.of(), 0, Map.of("headwater.model.rejected", 1L)).sound()).isFalse();
  }

  @Test
  void report_memoryThatGrowsWithEachOfManySwaps_isNotSoundAndSaysSo() {
    assertThat(report(memory(600, 16)).sound()).isFalse();
    assertThat(report(memory(600, 16)).text()).contains("grows by more than 0.5 KiB a swap");
    assertThat(report(memory(600, 0.1)).sound()).isTrue();
    assertThat(report(memory(50, 16)).sound()).isTrue();
  }

  private static SwapReport.Memory memory(int swaps, double kibPerSwap) {
    List<Double> resident =
        DoubleStream.iterate(0, kib -> kib + kibPerSwap).limit(swaps).boxed().toList();
    return SwapReport.Memory.of(resident, List.of());
  }

  private static SwapReport report(SwapReport.Memory memory) {
    return report(List.of(), memory, 0, Map.of());
  }

  private static SwapReport report(
      List<SwapReport.Pair> pairs, int lost, Map<String, Long> errors) {
    return report(pairs, SwapReport.Memory.of(List.of(), List.of()), lost, errors);
  }

  private static SwapReport report(
      List<SwapReport.Pair> pairs, SwapReport.Memory memory, int lost, Map<String, Long> errors) {
    return new SwapReport(
        "mlp",
        1,
        100,
        new SwapReport.Swaps(3, 0, 9, TEN, ELEVEN),
        Map.of("reach", TEN),
        pairs,
        memory,
        lost,
        0,
        errors);
  }

  @Test
  void stepLog_timersOfSwaps_areReadBackWithWhatWentWrong() {
    Path file = work.resolve("steps.txt");
    StepLog log = new StepLog(file);
    step(log, "fetch").record(3, TimeUnit.MILLISECONDS);
    step(log, "fetch").record(4, TimeUnit.MILLISECONDS);
    log.timer("headwater.inference").record(5, TimeUnit.MILLISECONDS);
    log.timer(StepLog.TOTAL).record(9, TimeUnit.MILLISECONDS);
    log.counter("headwater.model.rejected", "reason", "blob").increment();
    log.counter("headwater.model.rejected", "reason", "load").increment();
    log.close();

    Map<String, List<Long>> read = StepLog.read(file);

    assertThat(read.get("fetch")).containsExactly(3_000_000L, 4_000_000L);
    assertThat(read.get(StepLog.TOTAL)).containsExactly(9_000_000L);
    assertThat(read).doesNotContainKey(StepLog.HEAP);
    assertThat(read).doesNotContainKey("headwater.inference");
    assertThat(StepLog.errors(read)).isEqualTo(Map.of("headwater.model.rejected", 2L));
  }

  private static Timer step(StepLog log, String step) {
    return log.timer("headwater.swap.step", "step", step);
  }

  @Test
  void scoredAt_ofAJsonScore_isRead() {
    WireReader wire = new WireReader(Workloads.numbers(8, 1).pipeline());
    Score score =
        Score.newBuilder()
            .setEventId("e1")
            .setEventTime(Instant.EPOCH)
            .setVersion("v")
            .setStage(Stage.PRODUCTION)
            .setDecision("scoredAt")
            .setProbabilities(List.of(0.5f))
            .setScoredAt(Instant.ofEpochMilli(1_700_000_000_123L))
            .build();

    assertThat(wire.scoredAt(RecordSerde.json(Score.class).write(score)))
        .isEqualTo(1_700_000_000_123L);
    assertThat(wire.events().decode("{\"id\":\"e1\"}".getBytes(UTF_8)).get("id").asText())
        .isEqualTo("e1");
  }

  @Test
  void successors_eachHaveGoldensOfTheirOwn_onTheSamePrefix() {
    Workload workload = Workloads.numbers(8, 1);
    Successors successors =
        new Successors(workload, new WireReader(workload.pipeline()).events(), 2);
    ModelPackage first = successors.next();
    ModelPackage second = successors.next();

    assertThat(List.of(successors.first().version(), first.version(), second.version()))
        .doesNotHaveDuplicates();
    assertThat(second.manifest().getSegments().get(0))
        .isEqualTo(workload.version().manifest().getSegments().get(0));
    assertThat(second.manifest().getGoldens().getOutputs())
        .isNotEqualTo(first.manifest().getGoldens().getOutputs());
    LoadedModel.load(second).close();
  }
}
