package io.headwater.trainer.publish;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.GoldenCases;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Metric;
import io.headwater.schemas.OffsetRange;
import io.headwater.schemas.Setting;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.round.RoundSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The version that a training leads to: its parent with other weights in the head, and how they
 * came about.
 *
 * @param parent the version that it starts from
 * @param base the same, with outputs for labels that were added since, or with a head at an earlier
 *     tap
 * @param settings how it was trained
 */
public record CandidatePackage(ModelPackage parent, ModelPackage base, RoundSettings settings) {
  /** A child with its parent's labels. */
  public CandidatePackage(ModelPackage parent, RoundSettings settings) {
    this(parent, parent, settings);
  }

  /**
   * Packages new weights; where the parent has goldens, the child gets its own over the same cases.
   *
   * @param weights by initializer; where empty, the version stands for an attempt that came to none
   * @param last how many trailing segments of the base they are of
   * @param freeze what trained and why
   * @param examples the list of examples tuned on, as {@link ExampleList} writes it; null where
   *     they did not come from the training log
   * @param exampleCount how many they are
   * @param ranges what had been read of the training log
   * @param holdout how it did on the holdout; empty where it came to none
   */
  public ModelPackage with(
      Map<String, float[]> weights,
      int last,
      FreezeDecision freeze,
      byte @Nullable [] examples,
      long exampleCount,
      List<OffsetRange> ranges,
      Optional<Evaluation> holdout) {
    Map<String, String> described = new TreeMap<>(settings.byName());
    freeze.numbers().forEach((name, value) -> described.put(name, Double.toString(value)));
    Lineage lineage =
        Lineage.newBuilder()
            .setRanges(ranges)
            .setExampleCount(exampleCount)
            .setSeed(settings.tune().seed())
            .setSettings(
                described.entrySet().stream()
                    .map(setting -> new Setting(setting.getKey(), setting.getValue()))
                    .toList())
            .setRuntime(RuntimeFacts.settings())
            .setFreeze(freeze.freeze())
            .setFreezeReason(freeze.reason())
            .build();
    List<Metric> metrics =
        holdout.map(Evaluation::measures).orElse(List.of()).stream()
            .map(measure -> new Metric("holdout." + measure.name(), measure.value()))
            .toList();
    ModelPackage child =
        base.withWeights(parent.version(), weights, last, lineage, examples, metrics);
    return weights.isEmpty() ? child : GoldenCases.renew(child, parent);
  }
}
