package io.headwater.trainer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.FreezeRule;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreezePolicyTest {
  private static final FreezeRule AUTO = new FreezeRule.Auto();
  private static final Likeness ALIKE = new Likeness.Known(0.9, 0.55, 200, 200);
  private static final Likeness UNLIKE = new Likeness.Known(0.1, 0.95, 200, 200);

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
    assertThat(decide(AUTO, 40, ALIKE).freeze()).isEqualTo("head");
    assertThat(decide(AUTO, 60, ALIKE).freeze()).isEqualTo("segments:2");
    assertThat(decide(AUTO, 200, ALIKE).freeze()).isEqualTo("segments:3");
    assertThat(decide(AUTO, 400, ALIKE).freeze()).isEqualTo("segments:3");
    assertThat(decide(AUTO, 400, ALIKE).quadrant()).isEqualTo(Quadrant.SMALL_SIMILAR);
  }

  @Test
  void decide_smallAndDifferent_trainsHalfDrawnBack() {
    FreezeDecision decision = decide(AUTO, 50, UNLIKE);
    assertThat(decision.quadrant()).isEqualTo(Quadrant.SMALL_DIFFERENT);
    assertThat(decision.freeze()).isEqualTo("segments:4");
    assertThat(decision.drawnBack()).isTrue();
    assertThat(decision.reason()).contains("similarity to the source 0.10").contains("AUC 0.95");
  }

  @Test
  void decide_largeAndSimilar_trainsHalf() {
    FreezeDecision decision = decide(AUTO, 600, ALIKE);
    assertThat(decision.quadrant()).isEqualTo(Quadrant.LARGE_SIMILAR);
    assertThat(decision.freeze()).isEqualTo("segments:4");
    assertThat(decision.drawnBack()).isFalse();
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
        .containsEntry("freeze.similarity", 0.1)
        .containsEntry("freeze.auc", 0.95);
  }

  @Test
  void decide_aHandfulOfExamples_trainsTheHeadAlone() {
    assertThat(decide(AUTO, 19, UNLIKE).freeze()).isEqualTo("head");
    assertThat(decide(AUTO, 19, UNLIKE).drawnBack()).isFalse();
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
    FreezeDecision judged = planned.judged(false, "the holdout overrules them", Map.of("x", 1.0));
    assertThat(judged.freeze()).isEqualTo("head");
    assertThat(judged.reason()).contains("segments:3").contains("the holdout overrules them");
    assertThat(judged.numbers())
        .containsEntry("freeze.segments", 1.0)
        .containsEntry("freeze.planned.segments", 3.0)
        .containsEntry("x", 1.0);
    assertThat(planned.judged(true, "kept", Map.of()).freeze()).isEqualTo("segments:3");
  }
}
