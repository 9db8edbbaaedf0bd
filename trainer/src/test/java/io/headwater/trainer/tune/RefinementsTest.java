package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.schemas.OutputKind;
import io.headwater.trainer.gradient.Loss;
import io.headwater.trainer.tune.TuneOutcome.Tuned;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RefinementsTest {
  private static final TrainingSet CLOUDS = Heads.clouds(128, 8, 2, 3);
  private final HeadGraph head = Heads.mlp(8, 4, 2, 1);

  private static TuneSettings settings(int batch, Refinements refinements) {
    return new TuneSettings(60, batch, 0.02, 0, 0.9, 0.999, 1e-8, 0.1, 1, false, Start.WARM, 42)
        .with(refinements);
  }

  private static Tuned tuned(HeadGraph head, TrainingSet set, TuneSettings settings) {
    return (Tuned) HeadTuner.tune(head, set, settings);
  }

  @Test
  void accumulation_twoHalfBatches_stepAsTheWholeBatch() {
    Tuned whole = tuned(head, CLOUDS, settings(32, Refinements.NONE));
    Tuned halves = tuned(head, CLOUDS, settings(16, new Refinements(Loss.softmax(), 0, 0, 2, 0)));
    assertThat(halves.losses()).hasSameSizeAs(whole.losses());
    assertThat(halves.losses().get(59)).isCloseTo(whole.losses().get(59), within(1e-3));
  }

  @Test
  void pull_strong_keepsTheWeightsNearTheParents() {
    Tuned free = tuned(head, CLOUDS, settings(32, Refinements.NONE));
    Tuned drawn = tuned(head, CLOUDS, settings(32, new Refinements(Loss.softmax(), 0, 20, 1, 0)));
    assertThat(distance(drawn.weights(), head.weights()))
        .isLessThan(distance(free.weights(), head.weights()) / 3);
  }

  @Test
  void smoothing_half_leavesTheHeadUnsure() {
    Tuned smooth = tuned(head, CLOUDS, settings(32, new Refinements(Loss.softmax(), 0.5, 0, 1, 0)));
    for (float[] row :
        HeadRunner.probabilities(head.with(smooth.weights()), CLOUDS.activations())) {
      assertThat(row[0]).isBetween(0.05f, 0.95f);
    }
  }

  @Test
  void patience_heldOutLossRises_stopsEarlyWithTheBestWeights() {
    int[] flipped = CLOUDS.classes().clone();
    for (int i = 0; i < flipped.length; i++) {
      flipped[i] = 1 - flipped[i];
    }
    TrainingSet opposed = new TrainingSet(CLOUDS.activations(), flipped, CLOUDS.weights());
    TuneSettings settings = settings(32, new Refinements(Loss.softmax(), 0, 0, 1, 3));
    Tuned tuned = (Tuned) HeadTuner.tune(head, CLOUDS, opposed, settings, () -> false);
    assertThat(tuned.losses()).hasSizeLessThan(60);
  }

  @Test
  void loss_squaredOrHuber_fitsNumbers() {
    HeadGraph line = Heads.mlp(3, 0, 1, 1);
    float[][] x = new float[64][];
    float[][] y = new float[64][1];
    for (int i = 0; i < x.length; i++) {
      double angle = i * 0.1;
      x[i] = new float[] {(float) Math.cos(angle), (float) Math.sin(angle), 0};
      y[i][0] = 2 * x[i][0] - x[i][1] + 0.5f;
    }
    float[] even = new float[64];
    Arrays.fill(even, 1);
    TrainingSet set = new TrainingSet(x, new Targets.Values(y), even);
    for (Loss loss : new Loss[] {Loss.squared(), Loss.huber(0.5)}) {
      TuneSettings settings =
          new TuneSettings(200, 16, 0.05, 0, 0.9, 0.999, 1e-8, 0.1, 10, false, Start.WARM, 42)
              .with(new Refinements(loss, 0, 0, 1, 0));
      Tuned tuned = tuned(line, set, settings);
      assertThat(tuned.losses().get(199)).as(loss.kind().name()).isLessThan(1e-3);
    }
  }

  @Test
  void loss_binary_learnsSeveralLabelsAtOnce() {
    float[][] labels = new float[CLOUDS.size()][2];
    for (int i = 0; i < labels.length; i++) {
      labels[i][0] = CLOUDS.classes()[i];
      labels[i][1] = 1 - CLOUDS.classes()[i];
    }
    TrainingSet set =
        new TrainingSet(CLOUDS.activations(), new Targets.Values(labels), CLOUDS.weights());
    HeadGraph logits = new HeadGraph(head.model(), OutputKind.LOGITS);
    Tuned tuned = tuned(logits, set, settings(32, new Refinements(Loss.binary(), 0, 0, 1, 0)));
    assertThat(tuned.losses().get(59)).isLessThan(tuned.losses().get(0) / 2);
  }

  @Test
  void weighted_byClass_multipliesEachExamplesWeight() {
    TrainingSet set = new TrainingSet(new float[2][1], new int[] {1, 0}, new float[] {1, 3});
    assertThat(set.weighted(new float[] {2, 5}).weights()).containsExactly(5, 6);
  }

  @Test
  void class_outOfRange_isRefusedByExample() {
    TrainingSet set = new TrainingSet(new float[1][8], new int[] {2}, new float[] {1});
    assertThatThrownBy(() -> tuned(head, set, settings(32, Refinements.NONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("example 0 has class 2 where the head knows 2");
  }

  private static double distance(Map<String, float[]> a, Map<String, float[]> b) {
    double square = 0;
    for (Map.Entry<String, float[]> one : a.entrySet()) {
      float[] other = b.getOrDefault(one.getKey(), new float[0]);
      for (int i = 0; i < other.length; i++) {
        square += Math.pow(one.getValue()[i] - other[i], 2);
      }
    }
    return Math.sqrt(square);
  }

  @Test
  void classWeights_oneClassCountsMore_isDecidedForMoreOften() {
    TuneSettings alike = settings(32, Refinements.NONE);
    TuneSettings uneven = settings(32, Refinements.NONE.weighing(List.of(1.0, 20.0)));
    assertThat(decidedForOne(tuned(head, CLOUDS, uneven)))
        .isGreaterThan(decidedForOne(tuned(head, CLOUDS, alike)));
  }

  private long decidedForOne(Tuned tuned) {
    return Arrays.stream(HeadRunner.probabilities(head.with(tuned.weights()), CLOUDS.activations()))
        .filter(row -> row[1] > row[0])
        .count();
  }
}
