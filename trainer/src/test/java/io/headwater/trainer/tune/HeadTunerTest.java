package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.onnx.HeadGraphs;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.TensorSpec;
import io.headwater.trainer.tune.TuneOutcome.Diverged;
import io.headwater.trainer.tune.TuneOutcome.Tuned;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadTunerTest {
  private static final TrainingSet SEPARABLE = Heads.clouds(203, 16, 0.5, 3);

  private static TuneSettings settings(Start start) {
    return new TuneSettings(20, 32, 0.01, 0.01, 0.9, 0.999, 1e-8, 0.1, 1, false, start, 42);
  }

  private static Tuned tuned(HeadGraph head, TrainingSet set, TuneSettings settings) {
    TuneOutcome outcome = HeadTuner.tune(head, set, settings);
    assertThat(outcome).isInstanceOf(Tuned.class);
    return (Tuned) outcome;
  }

  private static double accuracy(HeadGraph head, TrainingSet set) {
    float[][] probabilities = HeadRunner.probabilities(head, set.activations());
    int right = 0;
    for (int i = 0; i < set.size(); i++) {
      right += probabilities[i][set.classes()[i]] > 0.5 ? 1 : 0;
    }
    return (double) right / set.size();
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void tune_separableSet_learnsIt(Start start) {
    HeadGraph head = Heads.mlp(16, 8, 2, 1);
    Tuned tuned = tuned(head, SEPARABLE, settings(start));
    assertThat(accuracy(head.with(tuned.weights()), SEPARABLE)).isGreaterThan(0.99);
    assertThat(accuracy(head.with(tuned.weights()), Heads.clouds(100, 16, 0.5, 9)))
        .isGreaterThan(0.97);
    assertThat(tuned.losses()).hasSize(20);
    assertThat(tuned.losses().get(19)).isLessThan(tuned.losses().get(0));
  }

  @Test
  void tune_linearHeadEndingInSoftmax_learnsToo() {
    HeadGraph head = Heads.withSoftmax(Heads.mlp(16, 0, 2, 1));
    Tuned tuned = tuned(head, SEPARABLE, settings(Start.WARM));
    assertThat(accuracy(head.with(tuned.weights()), SEPARABLE)).isGreaterThan(0.99);
  }

  @Test
  void tune_logisticRegression_standardisesAndLearnsToo() {
    TensorSpec activations = new TensorSpec("activations", "float", List.of(-1L, 16L));
    HeadGraph head = new HeadGraph(HeadGraphs.linear(activations, 2, 1), OutputKind.LOGITS);
    HeadGraph measured = head.with(FrozenStatistics.measure(head, SEPARABLE.activations()));
    Tuned tuned = tuned(measured, SEPARABLE, settings(Start.SCRATCH));
    assertThat(accuracy(measured.with(tuned.weights()), SEPARABLE)).isGreaterThan(0.99);
  }

  @Test
  void tune_softmaxOrLogits_givesTheSameWeights() {
    HeadGraph head = Heads.mlp(16, 8, 2, 1);
    assertEqualBits(
        tuned(head, SEPARABLE, settings(Start.WARM)).weights(),
        tuned(Heads.withSoftmax(head), SEPARABLE, settings(Start.WARM)).weights());
  }

  @Test
  void tune_headOfOneOutput_learnsTheSecondOfTwoClasses() {
    HeadGraph head = Heads.ofTwo(16, 8, 1);
    Tuned tuned = tuned(head, SEPARABLE, settings(Start.WARM));
    HeadGraph learnt = head.with(tuned.weights());
    assertThat(accuracy(learnt, SEPARABLE)).isGreaterThan(0.99);
    assertEqualBits(
        tuned.weights(), tuned(Heads.withSigmoid(head), SEPARABLE, settings(Start.WARM)).weights());
    float[][] answers = HeadRunner.probabilities(learnt, SEPARABLE.activations());
    float[][] same = HeadRunner.probabilities(Heads.withSigmoid(learnt), SEPARABLE.activations());
    for (int i = 0; i < answers.length; i++) {
      assertThat(answers[i][0] + answers[i][1]).isCloseTo(1, Offset.offset(1e-6f));
      assertThat(same[i]).containsExactly(answers[i], Offset.offset(1e-6f));
    }
  }

  @Test
  void tune_headOfOneOutput_losesWhatASoftmaxOverNothingAndItDoes() {
    HeadGraph one = Heads.ofTwo(16, 0, 1);
    HeadGraph two = Heads.mlp(16, 0, 2, 1);
    float[] first = new float[2 * 16];
    System.arraycopy(one.weights().getOrDefault("output.weight", first), 0, first, 16, 16);
    TuneSettings oneEpoch =
        new TuneSettings(1, 300, 0.01, 0, 0.9, 0.999, 1e-8, 0, 9, true, Start.WARM, 42);
    assertThat(tuned(one, SEPARABLE, oneEpoch).losses().get(0))
        .isCloseTo(
            tuned(two.with(Map.of("output.weight", first)), SEPARABLE, oneEpoch).losses().get(0),
            Offset.offset(1e-6));
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void tune_again_givesTheSameBits(Start start) {
    HeadGraph head = Heads.mlp(16, 8, 2, 1);
    Tuned first = tuned(head, SEPARABLE, settings(start));
    Tuned second = tuned(head, SEPARABLE, settings(start));
    assertEqualBits(first.weights(), second.weights());
    assertThat(second.losses()).isEqualTo(first.losses());
  }

  @Test
  void tune_otherSeed_givesOtherWeights() {
    HeadGraph head = Heads.mlp(16, 8, 2, 1);
    TuneSettings other =
        new TuneSettings(20, 32, 0.01, 0.01, 0.9, 0.999, 1e-8, 0.1, 1, false, Start.WARM, 43);
    assertThat(tuned(head, SEPARABLE, other).weights().get("output.weight"))
        .isNotEqualTo(tuned(head, SEPARABLE, settings(Start.WARM)).weights().get("output.weight"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 32, 33})
  void tune_anySize_handlesTheTailBatch(int size) {
    HeadGraph head = Heads.mlp(16, 8, 2, 1);
    Tuned tuned = tuned(head, Heads.clouds(size, 16, 0.5, 3), settings(Start.WARM));
    assertThat(tuned.weights()).containsOnlyKeys(head.weights().keySet());
  }

  @Test
  void tune_doubledWeight_countsAsTheExampleTwice() {
    TrainingSet one = Heads.clouds(1, 16, 0.5, 3);
    float[][] activations = {one.activations()[0], SEPARABLE.activations()[1]};
    TrainingSet weighted = new TrainingSet(activations, new int[] {0, 1}, new float[] {2, 1});
    TrainingSet repeated =
        new TrainingSet(
            new float[][] {activations[0], activations[0], activations[1]},
            new int[] {0, 0, 1},
            new float[] {1, 1, 1});
    HeadGraph head = Heads.mlp(16, 8, 2, 1);
    Tuned a = tuned(head, weighted, settings(Start.SCRATCH));
    Tuned b = tuned(head, repeated, settings(Start.SCRATCH));
    assertThat(a.losses().get(0)).isCloseTo(b.losses().get(0), Offset.offset(1e-6));
    a.weights()
        .forEach(
            (name, values) -> {
              float[] expected = b.weights().getOrDefault(name, new float[0]);
              assertThat(values).containsExactly(expected, Offset.offset(1e-3f));
            });
  }

  @Test
  void tune_activationNotFinite_stopsWithAReason() {
    TrainingSet set = Heads.clouds(64, 16, 0.5, 3);
    set.activations()[40][3] = Float.NaN;
    TuneOutcome outcome = HeadTuner.tune(Heads.mlp(16, 8, 2, 1), set, settings(Start.WARM));
    assertThat(outcome).isInstanceOf(Diverged.class);
    assertThat(((Diverged) outcome).reason()).contains("NaN").contains("of epoch 1");
  }

  @Test
  void tune_absurdLearningRate_stopsWithAReason() {
    TuneSettings absurd =
        new TuneSettings(20, 32, 1e4, 0.01, 0.9, 0.999, 1e-8, 0, 1e9, false, Start.WARM, 42);
    TuneOutcome outcome =
        HeadTuner.tune(Heads.mlp(16, 8, 2, 1), Heads.clouds(200, 16, 2, 3), absurd);
    assertThat(outcome).isInstanceOf(Diverged.class);
  }

  @Test
  void tune_cancelled_endsAtOnce() {
    HeadGraph head = Heads.mlp(16, 8, 2, 1);
    assertThatThrownBy(() -> HeadTuner.tune(head, SEPARABLE, settings(Start.WARM), () -> true))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void tune_noExamples_isRefused() {
    TrainingSet none = new TrainingSet(new float[0][], new int[0], new float[0]);
    HeadGraph head = Heads.mlp(16, 8, 2, 1);
    assertThatThrownBy(() -> HeadTuner.tune(head, none, settings(Start.WARM)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no examples");
  }

  @Test
  void tune_1500Activations_takesUnderTwoCpuSeconds() {
    HeadGraph head = Heads.mlp(384, 128, 2, 1);
    TrainingSet set = Heads.clouds(1500, 384, 3, 3);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    tuned(head, set, settings(Start.WARM));
    assertThat((threads.getCurrentThreadCpuTime() - start) / 1e9).isLessThan(2);
  }

  private static void assertEqualBits(Map<String, float[]> a, Map<String, float[]> b) {
    assertThat(a).containsOnlyKeys(b.keySet());
    a.forEach(
        (name, values) -> {
          float[] others = b.getOrDefault(name, new float[0]);
          assertThat(Arrays.equals(bits(values), bits(others))).as(name).isTrue();
        });
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
