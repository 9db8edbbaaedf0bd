package io.headwater.trainer.publish;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.GoldenCases;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.OffsetRange;
import io.headwater.schemas.Setting;
import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.round.RoundSettings;
import java.util.ArrayList;
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
 * @param facts what else must be known to train it again, by name
 */
public record CandidatePackage(
    ModelPackage parent, ModelPackage base, RoundSettings settings, Map<String, String> facts) {
  private static final String HOLDOUT = "holdout.";

  public CandidatePackage {
    facts = Map.copyOf(facts);
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
      Optional<Comparison> holdout) {
    Map<String, String> described = new TreeMap<>(settings.byName());
    described.putAll(facts);
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
    ModelPackage child =
        base.withWeights(parent.version(), weights, last, lineage, examples, metrics(holdout));
    return weights.isEmpty() ? child : GoldenCases.renew(child, parent);
  }

  /**
   * Packages weights that a training which is on record was repeated for: what was found again
   * stands in the record's place, and the rest of it is kept.
   *
   * @param recorded the version's own manifest
   * @param last how many trailing segments the weights are of
   * @param numbers what the holdout said of the depth
   * @param examples the recorded list, or null where the version has none
   */
  public ModelPackage again(
      Manifest recorded,
      Map<String, float[]> weights,
      int last,
      Map<String, Double> numbers,
      byte @Nullable [] examples,
      Optional<Comparison> holdout) {
    Lineage lineage = Lineage.newBuilder(recorded.getLineage()).build();
    lineage.setSettings(
        lineage.getSettings().stream()
            .map(
                setting -> {
                  Double found = numbers.get(setting.getName());
                  return found == null
                      ? setting
                      : new Setting(setting.getName(), Double.toString(found));
                })
            .toList());
    lineage.setRuntime(RuntimeFacts.settings());
    List<Metric> metrics = new ArrayList<>(metrics(holdout));
    recorded.getMetrics().stream()
        .filter(metric -> !metric.getName().startsWith(HOLDOUT))
        .forEach(metrics::add);
    return base.withWeights(parent.version(), weights, last, lineage, examples, metrics);
  }

  private static List<Metric> metrics(Optional<Comparison> holdout) {
    return holdout.map(Comparison::held).orElse(List.of()).stream()
        .map(measure -> new Metric(HOLDOUT + measure.name(), measure.value()))
        .toList();
  }
}
