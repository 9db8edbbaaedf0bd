package io.headwater.trainer;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.FreezeRule;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.plan.ExampleCounts;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.plan.FreezePolicy;
import io.headwater.trainer.plan.Ladder;
import io.headwater.trainer.plan.Likeness;
import java.util.List;

/**
 * Decides before each training how deep it goes.
 *
 * <p>Not safe for use by several threads.
 */
final class FreezePlanner {
  private final FreezeRule rule;
  private final SourceActivations source;

  FreezePlanner(Pipeline pipeline) {
    this(pipeline.training().tuning().freeze(), pipeline.training().seed());
  }

  /**
   * Plans by a rule.
   *
   * @param seed of the comparison with the source
   */
  FreezePlanner(FreezeRule rule, long seed) {
    this.rule = rule;
    this.source = new SourceActivations(seed);
  }

  /**
   * Decides.
   *
   * @param classes of the examples, by index; whatever where labels are numbers
   * @param crossing what crosses to the head, for each
   */
  FreezeDecision plan(ModelPackage model, Ladder ladder, int[] classes, List<Crossing> crossing) {
    Likeness likeness =
        rule instanceof FreezeRule.Auto && ladder.hasChoice()
            ? source.to(model, crossing)
            : new Likeness.Unknown(
                ladder.hasChoice() ? "it was not asked for" : "there is nothing to choose");
    int labels = model.manifest().getLabels().size();
    ExampleCounts counts =
        labels == 0 ? ExampleCounts.ofNumbers(classes.length) : ExampleCounts.of(classes, labels);
    return FreezePolicy.decide(rule, ladder, counts, likeness);
  }
}
