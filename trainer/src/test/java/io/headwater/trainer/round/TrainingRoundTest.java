package io.headwater.trainer.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.featurise.Features;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.Prefix;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.evaluate.Figures;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.round.RoundOutcome.Accepted;
import io.headwater.trainer.round.RoundOutcome.Rejected;
import io.headwater.trainer.tune.Chains;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadTuner;
import io.headwater.trainer.tune.Heads;
import io.headwater.trainer.tune.TrainingSet;
import io.headwater.trainer.tune.TuneOutcome.Tuned;
import io.headwater.trainer.tune.TuneSettings;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingRoundTest {
  private static final HeadGraph UNTRAINED = Heads.mlp(16, 8, 2, 1);
  private static final TuneSettings TUNE = tune(15, 0.01, Start.WARM);
  private static final RoundSettings SETTINGS = new RoundSettings(TUNE, 60, 0.01, true);
  private static final TrainingSet CLOUDS = Heads.clouds(300, 16, 0.8, 3);

  private static TuneSettings tune(int epochs, double rate, Start start) {
    return new TuneSettings(epochs, 32, rate, 0.01, 0.9, 0.999, 1e-8, 0.1, 1, false, start, 42);
  }

  private static RoundOutcome run(
      HeadGraph champion, RoundSettings settings, List<ReplayExample> replay) {
    return new TrainingRound(champion, row -> row[1] > row[0] ? 1 : 0, settings)
        .run(replay, () -> false);
  }

  private static HeadGraph trained() {
    Tuned tuned = (Tuned) HeadTuner.tune(UNTRAINED, Heads.clouds(400, 16, 0.8, 8), TUNE);
    return UNTRAINED.with(tuned.weights());
  }

  private static Rejected rejected(RoundOutcome outcome, RejectReason code) {
    assertThat(outcome).isInstanceOf(Rejected.class);
    Rejected rejected = (Rejected) outcome;
    assertThat(rejected.code()).isEqualTo(code);
    assertThat(rejected.reason()).isNotBlank();
    return rejected;
  }

  private static Evaluation judged(Figures figures) {
    return (Evaluation) figures;
  }

  @Test
  void run_championThatKnowsNothing_acceptsTheCandidateAndRefits() {
    Accepted accepted = (Accepted) run(UNTRAINED, SETTINGS, Replays.of(CLOUDS));
    assertThat(judged(accepted.judged().candidate()).accuracy()).isGreaterThan(0.95);
    assertThat(accepted.judged().candidate().count()).isEqualTo(60);
    assertThat(accepted.judged().gain()).isPositive();
    assertThat(accepted.trainedOn()).isEqualTo(300);
    assertThat(accepted.judged().measures())
        .extracting("name")
        .contains("candidate.accuracy", "champion.accuracy", "candidate.auc", "gain.low");
  }

  @Test
  void run_withoutRefit_neverTrainsOnTheHoldout() {
    RoundSettings plain = new RoundSettings(TUNE, 60, 0.01, false);
    int[] classes = CLOUDS.classes().clone();
    Accepted honest = (Accepted) run(UNTRAINED, plain, Replays.of(CLOUDS, classes));
    for (int i = 240; i < 300; i++) {
      classes[i] = 1 - classes[i];
    }
    RoundOutcome turned =
        run(trained(), new RoundSettings(TUNE, 60, 1, false), Replays.of(CLOUDS, classes));
    assertThat(honest.trainedOn()).isEqualTo(240);
    assertThat(judged(((Accepted) turned).judged().candidate()).accuracy()).isLessThan(0.1);
  }

  @Test
  void run_calibrated_packsTheTemperatureIntoTheWeightsAndSaysIt() {
    TrainingSet blurred = Heads.clouds(300, 16, 4, 3);
    List<ReplayExample> replay = Replays.of(blurred);
    Accepted plain =
        (Accepted) run(UNTRAINED, new RoundSettings(TUNE, TUNE, 60, 0.01, false, false), replay);
    Accepted calibrated =
        (Accepted) run(UNTRAINED, new RoundSettings(TUNE, TUNE, 60, 0.01, false, true), replay);
    double ratio =
        plain.weights().get("output.weight")[0] / calibrated.weights().get("output.weight")[0];
    assertThat(ratio).isNotCloseTo(1, Offset.offset(1e-3));
    assertThat(calibrated.reason())
        .contains(String.format(Locale.ROOT, "logits divided by %.3f", ratio));
    assertThat(judged(calibrated.judged().candidate()).logLoss())
        .isLessThan(judged(plain.judged().candidate()).logLoss());
    assertThat(judged(calibrated.judged().candidate()).accuracy())
        .isEqualTo(judged(plain.judged().candidate()).accuracy());
  }

  @Test
  void run_onALeash_goesPartOfTheWayAndIsJudgedThere() {
    HeadGraph champion = trained();
    List<ReplayExample> replay = Replays.of(CLOUDS);
    Accepted free = (Accepted) run(champion, SETTINGS, replay);
    Accepted held = (Accepted) run(champion, replay, Leash.part(champion, 0.5));
    assertThat(free.part()).isEqualTo(1);
    assertThat(held.part()).isEqualTo(0.5);
    assertThat(held.reason()).contains("held to 0.50 of the way");
    held.weights()
        .forEach(
            (name, values) -> {
              float start = champion.weights().get(name)[0];
              assertThat(values[0] - start)
                  .isCloseTo((free.weights().get(name)[0] - start) / 2, Offset.offset(1e-6f));
            });
    assertThat(held.judged().candidate()).isNotEqualTo(free.judged().candidate());
  }

  @Test
  void run_onALeashThatLeavesTooLittle_isRejected() {
    List<ReplayExample> replay = Replays.of(CLOUDS);
    rejected(run(UNTRAINED, replay, Leash.part(UNTRAINED, -1)), RejectReason.WORSE_THAN_CHAMPION);
  }

  private static RoundOutcome run(HeadGraph champion, List<ReplayExample> replay, Leash leash) {
    return new TrainingRound(
            champion, List.of(), row -> row[1] > row[0] ? 1 : 0, SETTINGS, null, leash)
        .run(replay, () -> false);
  }

  @Test
  void run_again_givesTheSameWeights() {
    List<ReplayExample> replay = Replays.of(CLOUDS);
    Map<String, float[]> first = run(UNTRAINED, SETTINGS, replay).weights();
    Map<String, float[]> second = run(UNTRAINED, SETTINGS, replay).weights();
    assertThat(first).containsOnlyKeys(second.keySet());
    first.forEach((name, values) -> assertThat(values).isEqualTo(second.get(name)));
  }

  @Test
  void run_shuffledLabels_rejectsWithFigures() {
    int[] classes = CLOUDS.classes().clone();
    Random random = new Random(1);
    for (int i = 0; i < 240; i++) {
      classes[i] = random.nextInt(2);
    }
    RoundSettings scratch = new RoundSettings(tune(15, 0.01, Start.SCRATCH), 60, 0.01, true);
    Rejected rejected =
        rejected(
            run(trained(), scratch, Replays.of(CLOUDS, classes)), RejectReason.WORSE_THAN_CHAMPION);
    assertThat(rejected.comparison().orElseThrow().gain()).isNegative();
    assertThat(rejected.reason()).contains("held-out");
  }

  @Test
  void run_allLabelsShuffled_publishesNothingAndSaysWhy() {
    int guessed = 0;
    for (int seed = 1; seed < 6; seed++) {
      List<Integer> classes = new ArrayList<>(Arrays.stream(CLOUDS.classes()).boxed().toList());
      Collections.shuffle(classes, new Random(seed));
      int[] shuffled = classes.stream().mapToInt(Integer::intValue).toArray();
      RoundOutcome outcome = run(trained(), SETTINGS, Replays.of(CLOUDS, shuffled));
      assertThat(outcome).isInstanceOf(Rejected.class);
      if (outcome instanceof Rejected r && r.code() == RejectReason.NO_SIGNAL) {
        guessed++;
        assertThat(outcome.reason()).contains("no better than guesses");
        assertThat(outcome.comparison()).isPresent();
      }
    }
    assertThat(guessed).isPositive();
  }

  @Test
  void run_unseenExamplesThatGainNothing_keepsTheChampionAndSaysWhy() {
    TrainingSet known = Heads.clouds(400, 16, 0.8, 8);
    RoundSettings judged = SETTINGS.unseen(400);
    HeadGraph champion =
        UNTRAINED.with(((Tuned) HeadTuner.tune(UNTRAINED, known, TUNE.lasting(60))).weights());
    TrainingSet wrong = Heads.flipped(known, 0.3, 1);
    Rejected rejected = rejected(run(champion, judged, Replays.of(wrong)), RejectReason.NO_GAIN);
    assertThat(rejected.reason()).contains("newest 400", "no part of the way");
    assertThat(rejected.comparison()).isPresent();
  }

  @Test
  void run_unseenExamplesThatGainALittle_goesPartOfTheWayAndIsJudgedThere() {
    Tuned few = (Tuned) HeadTuner.tune(UNTRAINED, Heads.clouds(60, 16, 2, 8), TUNE);
    HeadGraph champion = UNTRAINED.with(few.weights());
    TrainingSet more = Heads.clouds(300, 16, 2, 5);
    RoundSettings all = SETTINGS.tolerating(0.2);
    RoundSettings part = all.unseen(100);
    List<ReplayExample> replay = Replays.of(more);
    Accepted whole = (Accepted) run(champion, all, replay);
    Accepted held = (Accepted) run(champion, part, replay);
    assertThat(held.reason()).contains(" of its way, as far as it clearly gains");
    double stride =
        Double.parseDouble(held.reason().replaceAll("(?s).*; ([0-9.]+) of its way.*", "$1"));
    assertThat(stride).isBetween(0.1, 0.9);
    assertThat(held.weights()).isNotEqualTo(whole.weights());
    champion
        .towards(whole.weights(), stride)
        .forEach((name, values) -> assertThat(held.weights().get(name)).isEqualTo(values));
  }

  @Test
  void run_noGainAndNoLoss_staysWithinTheTolerance() {
    RoundOutcome outcome = run(trained(), SETTINGS, Replays.of(CLOUDS));
    assertThat(outcome).isInstanceOf(Accepted.class);
    assertThat(((Accepted) outcome).judged().gain()).isBetween(-0.01, 0.05);
  }

  @Test
  void run_oneClass_rejects() {
    RoundOutcome outcome = run(trained(), SETTINGS, Replays.of(CLOUDS, new int[300]));
    assertThat(rejected(outcome, RejectReason.ONE_CLASS).comparison()).isEmpty();
  }

  @Test
  void run_nothing_rejects() {
    rejected(run(trained(), SETTINGS, List.of()), RejectReason.TOO_FEW_EXAMPLES);
  }

  @Test
  void run_twoExamples_rejects() {
    List<ReplayExample> two = Replays.of(CLOUDS).subList(0, 2);
    rejected(run(trained(), SETTINGS, two), RejectReason.TOO_FEW_EXAMPLES);
  }

  @ParameterizedTest(name = "{1} in example {0}")
  @CsvSource({"7, Infinity, the loss was NaN", "299, NaN, not finite"})
  void run_activationNotFinite_rejectsAsDiverged(int example, float value, String said) {
    TrainingSet set = Heads.clouds(300, 16, 0.8, 3);
    set.activations()[example][1] = value;
    Rejected rejected = rejected(run(trained(), SETTINGS, Replays.of(set)), RejectReason.DIVERGED);
    assertThat(rejected.reason()).contains(said);
    assertThat(rejected.weights()).isEmpty();
  }

  @Test
  void run_deeperThatHelps_isKept() {
    RoundOutcome outcome = deeper(signs(), true);
    assertThat(outcome).isInstanceOf(Accepted.class);
    assertThat(outcome.depths().deeper()).isTrue();
    assertThat(outcome.depths().said()).contains("all is kept");
    assertThat(outcome.weights()).containsKey("w1");
    assertThat(outcome.depths().numbers().get("freeze.all.accuracy"))
        .isGreaterThan(outcome.depths().numbers().get("freeze.head.accuracy"));
  }

  @Test
  void run_deeperThatDoesNotHelp_isOverruledByTheHoldout() {
    RoundOutcome outcome = deeper(signs(), false);
    assertThat(outcome.depths().deeper()).isFalse();
    assertThat(outcome.depths().said()).contains("overrules");
    assertThat(outcome.weights()).doesNotContainKey("w1").isNotEmpty();
  }

  @Test
  void run_deeperThatOnlyBeatsTheHead_gainsNothingOverTheChampion() {
    int[] classes = CLOUDS.classes().clone();
    for (int i = 0; i < 240; i++) {
      classes[i] = 1 - classes[i];
    }
    HeadGraph champion = trained();
    List<Crossing> crossing = Replays.rows(CLOUDS).crossing();
    TuneSettings still = tune(1, 1e-30, Start.WARM);
    Contender same = new Contender("same", Contender.NOTHING, champion, crossing, still, false);
    RoundOutcome outcome =
        new TrainingRound(
                champion,
                List.of(same),
                row -> row[1] > row[0] ? 1 : 0,
                new RoundSettings(TUNE, still, 60, 1, true, false).unseen(60))
            .run(Replays.of(CLOUDS, classes), crossing, () -> false);
    assertThat(rejected(outcome, RejectReason.NO_GAIN).reason()).contains("gains nothing");
    assertThat(outcome.depths().said()).contains("same is kept");
  }

  private static TrainingSet signs() {
    Random random = new Random(6);
    float[][] rows = new float[400][8];
    int[] classes = new int[400];
    float[] ones = new float[400];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < 8; j++) {
        rows[i][j] = random.nextFloat() * 2 - 1;
      }
      classes[i] = rows[i][0] * rows[i][1] > 0 ? 1 : 0;
      ones[i] = 1;
    }
    return new TrainingSet(rows, classes, ones);
  }

  /**
   * The whole MLP beside its head; where it is not to help, the head can tell the classes apart,
   * and the deeper steps go far too far.
   */
  private static RoundOutcome deeper(TrainingSet inputs, boolean helpful) {
    ModelPackage mlp = Chains.asIs(Chains.vectors(""), Chains.mlp(3, 8, 16, 6, 2));
    List<Crossing> whole = new ArrayList<>();
    List<Crossing> head = new ArrayList<>();
    try (Prefix prefix = Prefix.open(mlp, 1)) {
      for (float[] row : inputs.activations()) {
        whole.add(Crossing.of(row));
        head.add(prefix.run(new Features(new long[0][], row, new long[0])));
      }
    }
    int[] classes = inputs.classes().clone();
    for (int i = 0; i < classes.length && !helpful; i++) {
      float[] seen = head.get(i).values();
      classes[i] = seen[0] + seen[1] > seen[2] + seen[3] ? 1 : 0;
    }
    TuneSettings deep = helpful ? tune(60, 0.02, Start.WARM) : tune(2, 0.5, Start.WARM);
    return new TrainingRound(
            HeadGraph.of(mlp, 1),
            List.of(new Contender("all", Contender.HEAD, HeadGraph.of(mlp, 3), whole, deep, false)),
            row -> row[1] > row[0] ? 1 : 0,
            new RoundSettings(TUNE, deep, 100, 1, true, false).unseen(100))
        .run(Replays.of(inputs, classes), head, () -> false);
  }
}
