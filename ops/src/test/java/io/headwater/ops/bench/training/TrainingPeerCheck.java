package io.headwater.ops.bench.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ops.data.PretrainedModels;
import io.headwater.trainer.tune.HeadTuner;
import io.headwater.trainer.tune.StepSpeed;
import io.headwater.trainer.tune.TuneOutcome;
import io.headwater.trainer.tune.TuneSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * Training steps beside PyTorch's; run by the profile {@code peer} alone. The system properties
 * {@code rounds}, {@code seconds} and {@code only} change what is measured.
 */
class TrainingPeerCheck {
  private static final float LOSS_TOLERANCE = 1e-3f;

  @Test
  void steps_besidePyTorch_loseTheSameAndAreMeasured() {
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    PretrainedModels models = TrainingBenchCommand.models(System.out::println);
    TrainingBench bench =
        new TrainingBench(
            Integer.getInteger("rounds", 5), Duration.ofSeconds(Integer.getInteger("seconds", 3)));
    String only = System.getProperty("only", "");
    for (TrainingWorkload.Kind kind : TrainingWorkload.Kind.values()) {
      if (!only.isEmpty() && !Arrays.asList(only.split(",")).contains(kind.name())) {
        continue;
      }
      TrainingWorkload workload = TrainingWorkload.of(kind, models);
      try (PyTorchSteps peer = new PyTorchSteps(workload.steps())) {
        assertThat(peer.loss()).isCloseTo(ours(workload), Offset.offset(LOSS_TOLERANCE));
        TrainingReport.Row row = bench.run(workload, Map.of("pytorch", peer));
        System.out.println(new TrainingReport(List.of(row)).text());
      }
    }
  }

  /** The mean loss of a first epoch of steps too small to change anything. */
  private static float ours(TrainingWorkload workload) {
    StepSpeed steps = workload.steps();
    TuneSettings still = steps.settings();
    TuneOutcome outcome =
        HeadTuner.tune(
            steps.head(),
            steps.set(),
            new TuneSettings(
                1, still.batch(), 1e-12, 0, 0.9, 0.999, 1e-8, 0, 1, false, still.start(), 1));
    return outcome.losses().get(0).floatValue();
  }
}
