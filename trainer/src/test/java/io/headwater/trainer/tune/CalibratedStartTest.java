package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.trainer.evaluate.Temperature;
import io.headwater.trainer.tune.TuneOutcome.Tuned;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CalibratedStartTest {
  private static final double SPREAD = 3;
  private static final TrainingSet CLOUDS = Heads.clouds(600, 16, SPREAD, 3);
  private static final HeadGraph SURE = sure();

  /** A head that is right as often as one can be, and surer of it than it should be. */
  private static HeadGraph sure() {
    HeadGraph untrained = Heads.mlp(16, 8, 2, 1);
    Tuned tuned =
        (Tuned) HeadTuner.tune(untrained, Heads.clouds(4_000, 16, SPREAD, 8), settings(Start.WARM));
    return untrained.with(TemperedHead.weights(untrained, tuned.weights(), 0.5));
  }

  private static TuneSettings settings(Start start) {
    return new TuneSettings(10, 64, 0.01, 0.01, 0.9, 0.999, 1e-8, 0.1, 1, false, start, 42);
  }

  private static double accuracy(HeadGraph head, TrainingSet set) {
    float[][] answers = HeadRunner.probabilities(head, set);
    int right = 0;
    for (int i = 0; i < answers.length; i++) {
      right += (answers[i][1] > answers[i][0] ? 1 : 0) == set.classes()[i] ? 1 : 0;
    }
    return (double) right / answers.length;
  }

  private static Temperature temperature(HeadGraph head, TrainingSet set) {
    return Temperature.fit(HeadRunner.probabilities(head, set), set.classes());
  }

  @Test
  void weights_headTooSureForTheLabels_areDividedUntilTheyFit() {
    TrainingSet wrong = Heads.flipped(CLOUDS, 0.2, 1);
    assertThat(temperature(SURE, wrong).value()).isGreaterThan(2);
    HeadGraph start = SURE.with(CalibratedStart.weights(SURE, wrong));
    assertThat(temperature(start, wrong).value()).isBetween(0.999, 1.001);
    assertThat(accuracy(start, CLOUDS)).isEqualTo(accuracy(SURE, CLOUDS));
  }

  @Test
  void weights_headNotSureEnough_stayAsTheyAre() {
    HeadGraph shy = SURE.with(TemperedHead.weights(SURE, Map.of(), 20));
    assertThat(CalibratedStart.weights(shy, CLOUDS)).isEmpty();
  }

  @Test
  void weights_headThatCanCarryNoTemperature_stayAsTheyAre() {
    HeadGraph bounded = Heads.bounded(16, 2);
    assertThat(CalibratedStart.weights(bounded, Heads.flipped(CLOUDS, 0.5, 1))).isEmpty();
  }

  @Test
  void weights_classThatTheHeadDoesNotKnow_leaveItToTheDescent() {
    int[] classes = CLOUDS.classes().clone();
    classes[0] = 7;
    TrainingSet odd = new TrainingSet(CLOUDS.activations(), classes, CLOUDS.weights());
    assertThat(CalibratedStart.weights(SURE, odd)).isEmpty();
  }

  @Test
  void weights_examplesThatCountMore_decide() {
    TrainingSet wrong = Heads.flipped(CLOUDS, 0.2, 1);
    float[] weights = new float[wrong.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = wrong.classes()[i] == CLOUDS.classes()[i] ? 1 : 1e-4f;
    }
    TrainingSet trusted = new TrainingSet(wrong.activations(), wrong.classes(), weights);
    HeadGraph start = SURE.with(CalibratedStart.weights(SURE, trusted));
    assertThat(temperature(start, CLOUDS).value()).isLessThan(temperature(SURE, wrong).value());
    assertThat(temperature(start, wrong).value()).isGreaterThan(1.5);
  }

  @Test
  void tune_aFifthOfTheLabelsWrong_losesLessOfWhatTheHeadKnows() {
    TrainingSet judges = Heads.clouds(4_000, 16, SPREAD, 99);
    int draws = 5;
    double lostAsItIs = 0;
    double lost = 0;
    for (int seed = 0; seed < draws; seed++) {
      TrainingSet wrong = Heads.flipped(Heads.clouds(200, 16, SPREAD, seed), 0.2, seed);
      Tuned asItIs = (Tuned) HeadTuner.tune(SURE, wrong, settings(Start.WARM));
      Tuned calibrated = (Tuned) HeadTuner.tune(SURE, wrong, settings(Start.CALIBRATED));
      double known = accuracy(SURE, judges);
      lostAsItIs += (known - accuracy(SURE.with(asItIs.weights()), judges)) / draws;
      lost += (known - accuracy(SURE.with(calibrated.weights()), judges)) / draws;
    }
    assertThat(lost).isLessThan(0.7 * lostAsItIs);
  }
}
