package io.headwater.trainer.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.OutputKind;
import io.headwater.trainer.evaluate.ValueFigures;
import io.headwater.trainer.gradient.Loss;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.round.RoundOutcome.Accepted;
import io.headwater.trainer.round.RoundOutcome.Rejected;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.Heads;
import io.headwater.trainer.tune.TuneSettings;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ValueRoundTest {
  private static final int WIDTH = 4;
  private static final HeadGraph UNTRAINED = values(Heads.standardised(WIDTH, 1));
  private static final TuneSettings TUNE =
      new TuneSettings(30, 32, 0.01, 0, 0.9, 0.999, 1e-8, 0.1, 1, true, Start.WARM, 42);

  private static HeadGraph values(HeadGraph head) {
    return new HeadGraph(head.model(), OutputKind.VALUES);
  }

  private static RoundSettings settings(Loss loss, double tolerance, boolean refit) {
    TuneSettings tune = TUNE.with(TUNE.refinements().losing(loss));
    return new RoundSettings(tune, 60, tolerance, refit);
  }

  private static RoundOutcome run(
      HeadGraph champion, RoundSettings settings, List<ReplayExample> replay) {
    return new TrainingRound(champion, row -> 0, settings).run(replay, () -> false);
  }

  /** Prices: 50,000 and 3,000 times a linear combination, with noise of 300. */
  private static List<ReplayExample> prices(int size, long seed) {
    Random random = new Random(seed);
    List<ReplayExample> replay = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      float[] x = new float[WIDTH];
      for (int j = 0; j < WIDTH; j++) {
        x[j] = (float) random.nextGaussian();
      }
      double price = 50_000 + 3_000 * (x[0] - 0.5 * x[1]) + 300 * random.nextGaussian();
      String slice = "country=" + (i % 3 == 0 ? "AT" : "CH");
      replay.add(
          new ReplayExample("e" + i, 0, i, i, 0, 1, x, 0, i, null, "", price, List.of(slice)));
    }
    return replay;
  }

  @ParameterizedTest
  @EnumSource(
      value = Loss.Kind.class,
      names = {"SQUARED", "HUBER"})
  void run_numbersFarFromUnit_areLearntInTheirPlainUnit(Loss.Kind loss) {
    List<ReplayExample> replay = prices(400, 3);
    Accepted accepted = (Accepted) run(UNTRAINED, settings(new Loss(loss, 1), 0, true), replay);
    ValueFigures figures = (ValueFigures) accepted.judged().candidate();
    assertThat(figures.rmse()).isBetween(200.0, 420.0);
    assertThat(figures.r2().orElseThrow()).isGreaterThan(0.97);
    assertThat(figures.constantRmse().orElseThrow()).isGreaterThan(2_000);
    assertThat(accepted.reason()).contains("RMSE", "a constant's");
    float[][] answers =
        HeadRunner.probabilities(
            UNTRAINED.with(accepted.weights()), new float[][] {new float[WIDTH], {1, 0, 0, 0}});
    assertThat((double) answers[0][0]).isBetween(49_800.0, 50_200.0);
    assertThat((double) answers[1][0]).isBetween(52_700.0, 53_300.0);
  }

  @Test
  void run_onSlices_reportsEach() {
    Accepted accepted =
        (Accepted) run(UNTRAINED, settings(Loss.squared(), 0, false), prices(300, 3));
    assertThat(accepted.judged().held())
        .extracting("name")
        .contains("rmse", "slice.country=AT.rmse", "slice.country=CH.count")
        .isSorted();
    assertThat(accepted.judged().measures())
        .extracting("name")
        .contains("candidate.slice.country=AT.rmse", "champion.slice.country=AT.rmse");
  }

  @Test
  void run_candidateWorseThanTheChampion_isRejected() {
    List<ReplayExample> replay = prices(300, 3);
    Accepted first = (Accepted) run(UNTRAINED, settings(Loss.squared(), 0, false), replay);
    HeadGraph champion = UNTRAINED.with(first.weights());
    List<ReplayExample> misled = new ArrayList<>();
    for (int i = 0; i < replay.size(); i++) {
      ReplayExample one = replay.get(i);
      double number = i < 240 ? one.number() + 2_000 : one.number();
      misled.add(
          new ReplayExample(
              one.eventId(),
              0,
              i,
              i,
              0,
              1,
              one.activation(),
              0,
              i,
              null,
              "",
              number,
              one.slices()));
    }
    Rejected rejected = (Rejected) run(champion, settings(Loss.squared(), 0.05, true), misled);
    assertThat(rejected.code()).isEqualTo(RejectReason.WORSE_THAN_CHAMPION);
    assertThat(rejected.comparison().orElseThrow().gain()).isNegative();
  }

  @Test
  void run_oneNumberThroughout_isRejected() {
    List<ReplayExample> same =
        prices(90, 3).stream()
            .map(
                one ->
                    new ReplayExample(
                        one.eventId(),
                        0,
                        0,
                        0,
                        0,
                        1,
                        one.activation(),
                        0,
                        0,
                        null,
                        "",
                        7,
                        List.of()))
            .toList();
    assertThat(((Rejected) run(UNTRAINED, settings(Loss.squared(), 0, true), same)).reason())
        .contains("the same number");
  }
}
