package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FrozenStatisticsTest {
  private final HeadGraph head = Heads.standardised(2, 2);

  @Test
  void measure_ofActivations_isTheirMeanAndVariance() {
    float[][] activations = new float[1_200][];
    for (int i = 0; i < activations.length; i++) {
      activations[i] = new float[] {i % 2 == 0 ? 1 : 5, 7};
    }
    Map<String, float[]> measured = FrozenStatistics.measure(head, activations);
    assertThat(measured.get("mean")).containsExactly(new float[] {3, 7}, within(1e-5f));
    assertThat(measured.get("variance")).containsExactly(new float[] {4, 0}, within(1e-4f));
  }

  @Test
  void measure_ofHeadWithoutNormalisation_isEmpty() {
    assertThat(FrozenStatistics.measure(Heads.mlp(2, 0, 2, 1), new float[][] {{1, 2}})).isEmpty();
  }

  @Test
  void tune_ofStandardisedHead_leavesStatisticsAlone() {
    TuneSettings settings =
        new TuneSettings(
            20, 16, 0.01, 0, 0.9, 0.999, 1e-8, 0, 1, false, TuneSettings.Start.SCRATCH, 3);
    TuneOutcome outcome = HeadTuner.tune(head, Heads.clouds(200, 2, 0.3, 5), settings);
    Map<String, float[]> weights = ((TuneOutcome.Tuned) outcome).weights();
    assertThat(weights).containsOnlyKeys("scale", "shift", "output.weight", "output.bias");
  }
}
