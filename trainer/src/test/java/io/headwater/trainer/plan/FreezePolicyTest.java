package io.headwater.trainer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.model.pipeline.FreezeRule;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreezePolicyTest {
  private static final FreezeRule AUTO = new FreezeRule.Auto();
  private static final Likeness ALIKE = new Likeness.Known(0.12, 0.55, 200, 200);
  private static final Likeness UNLIKE = new Likeness.Known(1.08, 0.95, 200, 200);

  /** Eight segments; the last has 1,000 weights and each of the others 100,000. */
  private static final Ladder EIGHT = ladder(8, "");

  private static Ladder ladder(int deepest, String stop) {
    return new Ladder(
        IntStream.rangeClosed(1, deepest)
            .mapToObj(i -> new Depth(i, 1_000 + (i - 1) * 100_000L))
            .toList(),
        8,
        stop);
  }

  private static ExampleCounts each(int count) {
    return new ExampleCounts(new int[] {count, 2 * count});
  }

  private static FreezeDecision decide(FreezeRule rule, int rarest, Likeness likeness) {
    return FreezePolicy.decide(rule, EIGHT, each(rarest), likeness);
  }

  @Test
  void decide_unknownSimilarity_trainsTheHeadAlone() {
    FreezeDecision decision = decide(AUTO, 10_000, new Likeness.Unknown("no sample"));
    assertThat(decision.freeze()).isEqualTo("head");
    assertThat(decision.quadrant()).isEqualTo(Quadrant.UNKNOWN);
    assertThat(decision.reason())
        .contains("unknown: no sample")
        .contains("1,000 weights in 1 of 8 segments");
    assertThat(decision.numbers()).doesNotContainKey("freeze.similarity");
  }

  @Test
  void decide_smallAndSimilar_trainsTheHeadAndWhatTheExamplesPayFor() {
    assertThat(decide(AUTO, 33, ALIKE).freeze()).isEqualTo("head");
    assertThat(decide(AUTO, 34, ALIKE).freeze()).isEqualTo("segments:2");
    assertThat(decide(AUTO, 67, ALIKE).freeze()).isEqualTo("segments:3");
    assertThat(decide(AUTO, 140, ALIKE).freeze()).isEqualTo("segments:3");
    assertThat(decide(AUTO, 140, ALIKE).quadrant()).isEqualTo(Quadrant.SMALL_SIMILAR);
  }

  @Test
  void decide_smallAndDifferent_trainsHalfDrawnBack() {
    FreezeDecision decision = decide(AUTO, 50, UNLIKE);
    assertThat(decision.quadrant()).isEqualTo(Quadrant.SMALL_DIFFERENT);
    assertThat(decision.freeze()).isEqualTo("segments:4");
    assertThat(decision.ways()).singleElement().returns(true, Way::drawnBack);
    assertThat(decision.reason())
        .contains("similarity to the source 0.10")
        .contains("1.08 standard")
        .contains("AUC 0.95");
  }

  @Test
  void decide_largeAndSimilar_trainsHalf() {
    FreezeDecision decision = decide(AUTO, 600, ALIKE);
    assertThat(decision.quadrant()).isEqualTo(Quadrant.LARGE_SIMILAR);
    assertThat(decision.freeze()).isEqualTo("segments:4");
    assertThat(decision.ways()).singleElement().returns(false, Way::drawnBack);
  }

  @Test
  void decide_largeAndDifferent_trainsAll() {
    FreezeDecision decision = decide(AUTO, 600, UNLIKE);
    assertThat(decision.quadrant()).isEqualTo(Quadrant.LARGE_DIFFERENT);
    assertThat(decision.freeze()).isEqualTo("all");
    assertThat(decision.numbers())
        .containsEntry("freeze.segments", 8.0)
        .containsEntry("freeze.weights", 701_000.0)
        .containsEntry("freeze.examples", 1_800.0)
        .containsEntry("freeze.examples.rarest", 600.0)
        .hasEntrySatisfying("freeze.similarity", x -> assertThat(x).isCloseTo(0.1, within(1e-9)))
        .containsEntry("freeze.shift", 1.08)
        .containsEntry("freeze.auc", 0.95);
  }

  @Test
  void decide_aHandfulOfExamples_trainsTheHeadAlone() {
    assertThat(decide(AUTO, 19, UNLIKE).freeze()).isEqualTo("head");
    ExampleCounts rare = new ExampleCounts(new int[] {2, 500});
    FreezeDecision alike = FreezePolicy.decide(AUTO, EIGHT, rare, ALIKE);
    assertThat(alike.freeze()).isEqualTo("head");
    assertThat(alike.reason()).contains("fewer than 3 examples of the rarest class");
  }

  @Test
  void decide_gradientStops_goesAsDeepAsItCanAndNamesTheOperator() {
    Ladder short2 = ladder(2, "it goes no deeper than 2, as 'block-5' has no gradient for LSTM");
    for (FreezeRule rule : List.of(new FreezeRule.Last(5), new FreezeRule.All())) {
      FreezeDecision decision = FreezePolicy.decide(rule, short2, each(600), UNLIKE);
      assertThat(decision.freeze()).isEqualTo("segments:2");
      assertThat(decision.reason()).contains("no gradient for LSTM");
    }
    FreezeDecision auto = FreezePolicy.decide(AUTO, short2, each(600), UNLIKE);
    assertThat(auto.freeze()).isEqualTo("segments:2");
    assertThat(auto.reason()).contains("no gradient for LSTM");
  }

  @Test
  void decide_chosenByThePipeline_asksForNoSimilarity() {
    Likeness unknown = new Likeness.Unknown("not asked");
    assertThat(decide(new FreezeRule.Head(), 9_000, unknown).freeze()).isEqualTo("head");
    assertThat(decide(new FreezeRule.Last(3), 5, unknown).freeze()).isEqualTo("segments:3");
    assertThat(decide(new FreezeRule.All(), 5, unknown).freeze()).isEqualTo("all");
    FreezeDecision beyond = decide(new FreezeRule.Last(9), 5, unknown);
    assertThat(beyond.freeze()).isEqualTo("all");
    assertThat(beyond.reason()).contains("the model has 8 segments");
  }

  @Test
  void judged_holdoutOverrules_isTheHeadWithBothReasons() {
    FreezeDecision planned = decide(new FreezeRule.Last(3), 100, ALIKE);
    FreezeDecision judged = planned.judged(null, "the holdout overrules them", Map.of("x", 1.0));
    assertThat(judged.freeze()).isEqualTo("head");
    assertThat(judged.reason()).contains("segments:3").contains("the holdout overrules them");
    assertThat(judged.numbers()).containsEntry("freeze.segments", 1.0).containsEntry("x", 1.0);
    assertThat(planned.judged(planned.ways().get(0), "kept", Map.of()).freeze())
        .isEqualTo("segments:3");
  }

  /** The same with taps behind each segment in front of the head, which has 1,000 weights there. */
  private static Ladder tapped() {
    List<Ladder.Tap> taps =
        IntStream.rangeClosed(1, 6).mapToObj(kept -> new Ladder.Tap(kept, 1_000)).toList();
    return new Ladder(EIGHT.depths(), 8, "", taps, 7);
  }

  @Test
  void decide_smallAndDifferent_triesEarlierTapsToo() {
    FreezeDecision decision = FreezePolicy.decide(AUTO, tapped(), each(50), UNLIKE);
    assertThat(decision.ways()).extracting(Way::name).containsExactly("tap:4", "segments:4");
    assertThat(decision.freeze()).isEqualTo("tap:4 or segments:4");
    assertThat(FreezePolicy.decide(AUTO, tapped(), each(10), UNLIKE).freeze()).isEqualTo("tap:4");
    FreezeDecision judged = decision.judged(decision.ways().get(0), "tap:4 is kept", Map.of());
    assertThat(judged.freeze()).isEqualTo("tap:4");
    assertThat(judged.numbers()).containsEntry("freeze.tap", 4.0);
  }

  @Test
  void decide_tapChosen_keepsSoManySegmentsOrSaysWhyNot() {
    Likeness unknown = new Likeness.Unknown("not asked");
    FreezeDecision third = FreezePolicy.decide(new FreezeRule.Tap(3), tapped(), each(5), unknown);
    assertThat(third.freeze()).isEqualTo("tap:3");
    assertThat(third.reason()).contains("1,000 weights behind 3 of 8 segments");
    FreezeDecision there = FreezePolicy.decide(new FreezeRule.Tap(7), tapped(), each(5), unknown);
    assertThat(there.freeze()).isEqualTo("head");
    assertThat(there.reason()).contains("the head taps the model behind segment 7");
    FreezeDecision nowhere = decide(new FreezeRule.Tap(3), 5, unknown);
    assertThat(nowhere.freeze()).isEqualTo("head");
    assertThat(nowhere.reason()).contains("no head can tap the model there");
  }

  @Test
  void without_oneOfSeveralWays_goesOnWithTheOthersAndSaysWhy() {
    FreezeDecision decision = FreezePolicy.decide(AUTO, tapped(), each(50), UNLIKE);
    Way half = decision.ways().get(decision.ways().size() - 1);
    FreezeDecision less = decision.without(half, "it takes too much");
    assertThat(less.freeze()).doesNotContain("segments:4");
    assertThat(less.reason()).contains("but not segments:4: it takes too much");
  }
}
