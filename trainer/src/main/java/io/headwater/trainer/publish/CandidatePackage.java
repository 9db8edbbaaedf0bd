package io.headwater.trainer.publish;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.GoldenCases;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Metric;
import io.headwater.schemas.OffsetRange;
import io.headwater.schemas.Setting;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.round.RoundSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The version that a training leads to: its parent with other weights in the head, and how they
 * came about.
 *
 * @param parent the version that it starts from
 * @param settings how it was trained
 */
public record CandidatePackage(ModelPackage parent, RoundSettings settings) {
  private static final String FREEZE = "head";
  private static final String FREEZE_REASON =
      "activations are logged at the backbone's pooled output, and nothing is known of how similar"
          + " the target is to the source: only the head trains";

  /**
   * Packages new weights; where the parent has goldens, the child gets its own over the same cases.
   *
   * @param weights by initializer; where empty, the version stands for an attempt that came to none
   * @param examples the list of examples tuned on, as {@link ExampleList} writes it; null where
   *     they did not come from the training log
   * @param exampleCount how many they are
   * @param ranges what had been read of the training log
   * @param holdout how it did on the holdout; empty where it came to none
   */
  public ModelPackage with(
      Map<String, float[]> weights,
      byte @Nullable [] examples,
      long exampleCount,
      List<OffsetRange> ranges,
      Optional<Evaluation> holdout) {
    Lineage lineage =
        Lineage.newBuilder()
            .setRanges(ranges)
            .setExampleCount(exampleCount)
            .setSeed(settings.tune().seed())
            .setSettings(
                settings.byName().entrySet().stream()
                    .map(setting -> new Setting(setting.getKey(), setting.getValue()))
                    .toList())
            .setRuntime(RuntimeFacts.settings())
            .setFreeze(FREEZE)
            .setFreezeReason(FREEZE_REASON)
            .build();
    List<Metric> metrics =
        holdout.map(Evaluation::measures).orElse(List.of()).stream()
            .map(measure -> new Metric("holdout." + measure.name(), measure.value()))
            .toList();
    ModelPackage child = parent.withHeadWeights(weights, lineage, examples, metrics);
    return weights.isEmpty() ? child : GoldenCases.renew(child, parent);
  }
}
