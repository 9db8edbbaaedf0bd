package io.headwater.trainer.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.trainer.evaluate.Temperature;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.HeadTuner;
import io.headwater.trainer.tune.Heads;
import io.headwater.trainer.tune.TrainingSet;
import io.headwater.trainer.tune.TuneOutcome.Diverged;
import io.headwater.trainer.tune.TuneOutcome.Tuned;
import io.headwater.trainer.tune.TuneSettings;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.List;
import org.junit.jupiter.api.Test;

class StrideTest {
  private static final double SPREAD = 3;
  private static final ClassGoal GOAL = new ClassGoal(row -> row[1] > row[0] ? 1 : 0);
  private static final TuneSettings TUNE =
      new TuneSettings(10, 64, 0.01, 0.01, 0.9, 0.999, 1e-8, 0.1, 1, false, Start.CALIBRATED, 42);
  private static final HeadGraph UNTRAINED = Heads.mlp(16, 8, 2, 1);
  private static final HeadGraph KNOWING = tuned(Heads.clouds(4_000, 16, SPREAD, 8));

  private static HeadGraph tuned(TrainingSet set) {
    return UNTRAINED.with(((Tuned) HeadTuner.tune(UNTRAINED, set, TUNE)).weights());
  }

  private static double stride(HeadGraph champion, TrainingSet set, int judged) {
    Tuning tuning = new Tuning(GOAL, () -> false);
    return Stride.of(
        champion, Replays.rows(set), judged, GOAL, 1, r -> tuning.of(champion, r, TUNE));
  }

  @Test
  void of_championThatKnowsNothing_isAllOrNearlyAllOfTheWay() {
    assertThat(stride(UNTRAINED, Heads.clouds(200, 16, 0.8, 3), 200)).isGreaterThanOrEqualTo(0.5);
  }

  @Test
  void of_aFifthOfTheLabelsWrongBehindAChampionThatKnowsAll_isNone() {
    double strides = 0;
    for (int seed = 0; seed < 10; seed++) {
      TrainingSet wrong = Heads.flipped(Heads.clouds(200, 16, SPREAD, seed), 0.2, seed);
      strides += stride(KNOWING, wrong, 200) / 10;
    }
    assertThat(strides).isLessThan(0.2);
  }

  @Test
  void of_aFifthOfTheLabelsWrongBehindOneThatKnowsNothing_isMost() {
    double strides = 0;
    for (int seed = 0; seed < 10; seed++) {
      TrainingSet wrong = Heads.flipped(Heads.clouds(400, 16, 0.8, seed), 0.2, seed);
      strides += stride(UNTRAINED, wrong, 200) / 10;
    }
    assertThat(strides).isGreaterThan(0.4);
  }

  @Test
  void of_headsThatRanAway_isNone() {
    Rows rows = Replays.rows(Heads.clouds(50, 16, SPREAD, 3));
    double stride = Stride.of(KNOWING, rows, 50, GOAL, 1, r -> new Diverged("ran away", List.of()));
    assertThat(stride).isZero();
  }

  @Test
  void gains_answersThatAreSurerOnly_isNone() {
    TrainingSet set = Heads.flipped(Heads.clouds(100, 16, SPREAD, 4), 0.2, 4);
    List<ReplayExample> judges = Replays.of(set);
    float[][] answers = HeadRunner.probabilities(KNOWING, set.activations());
    float[][] surer = new Temperature(0.3).applied(answers);
    float[][] less = new Temperature(3).applied(answers);
    assertThat(Stride.gains(answers, surer, judges, GOAL)).isFalse();
    assertThat(Stride.gains(answers, less, judges, GOAL)).isFalse();
  }

  @Test
  void gains_answersThatTellTheClassesApart_isSo() {
    TrainingSet set = Heads.clouds(100, 16, SPREAD, 4);
    List<ReplayExample> judges = Replays.of(set);
    float[][] guesses = HeadRunner.probabilities(UNTRAINED, set.activations());
    float[][] answers = HeadRunner.probabilities(KNOWING, set.activations());
    assertThat(Stride.gains(guesses, answers, judges, GOAL)).isTrue();
    assertThat(Stride.gains(answers, guesses, judges, GOAL)).isFalse();
  }

  @Test
  void of_again_isTheSame() {
    TrainingSet set = Heads.clouds(100, 16, SPREAD, 4);
    HeadGraph half = tuned(Heads.clouds(60, 16, SPREAD, 9));
    assertThat(stride(half, set, 60)).isEqualTo(stride(half, set, 60));
  }
}
