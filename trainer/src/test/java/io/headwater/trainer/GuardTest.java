package io.headwater.trainer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.SourceHead;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Metric;
import io.headwater.schemas.Setting;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.tune.Chains;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardTest {
  @TempDir private Path folder;

  private final Pipeline pipeline = Chains.vectors("");

  private Guard guard(List<String> lines) throws IOException {
    return Guard.read(Files.write(folder.resolve("guard.jsonl"), lines), pipeline.labels());
  }

  private String line(Random random, String label) {
    String event = Chains.event(random.doubles(8, -1, 1).toArray()).toString();
    return event.substring(0, event.length() - 1) + ",\"label\":\"" + label + "\"}";
  }

  @Test
  void evaluate_version_countsWhatItsOwnFeaturesAndRuleDecide() throws IOException {
    Random random = new Random(2);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lines.add(line(random, pipeline.labels().get(0)));
    }
    ModelPackage model = Chains.asIs(pipeline, Chains.mlp(3, 8, 16, 6, 2));
    Evaluation first = guard(lines).evaluate(model);
    lines.replaceAll(
        l ->
            l.replace(
                "\"label\":\"" + pipeline.labels().get(0),
                "\"label\":\"" + pipeline.labels().get(1)));
    Evaluation other = guard(lines).evaluate(model);
    assertThat(first.count()).isEqualTo(40);
    assertThat(first.accuracy() + other.accuracy()).isEqualTo(1);
  }

  @Test
  void read_badLine_isNamed() {
    assertThatThrownBy(() -> guard(List.of("{}"))).hasMessageContaining("guard.jsonl:1");
    assertThatThrownBy(() -> guard(List.of("", "no"))).hasMessageContaining("guard.jsonl:2");
    assertThatThrownBy(() -> guard(List.of())).hasMessageContaining("holds 0 events");
    assertThatThrownBy(() -> Guard.read(folder.resolve("none"), List.of("a")))
        .hasMessageContaining("can't be read");
  }

  @Test
  void refusal_fallBeyondTheTolerance_isSaid() {
    Guarded fell = new Guarded(of(0.9), of(0.91), 0.93);
    assertThat(fell.refusal(null)).isEmpty();
    assertThat(fell.refusal(0.05)).isEmpty();
    assertThat(new Guarded(of(0.96), of(0.96), 0.97).refusal(0.01)).as("exactly").isEmpty();
    assertThat(fell.refusal(0.01)).hasValueSatisfying(why -> assertThat(why).contains("0.9300"));
    assertThat(fell.metrics())
        .extracting(Metric::getName)
        .contains(
            "guard.accuracy", "guard.parent.log-loss", "guard.source.accuracy", "guard.count");
  }

  @Test
  void judge_manySmallFalls_areHeldAgainstTheFirstVersionOnTheSameFile() throws IOException {
    Random random = new Random(2);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lines.add(line(random, pipeline.labels().get(i % 2)));
    }
    Guard guard = guard(lines);
    ModelPackage model = Chains.asIs(pipeline, Chains.mlp(3, 8, 16, 6, 2));
    double own = guard.evaluate(model).accuracy();
    assertThat(guard.judge(model, model).source()).isEqualTo(own);
    ModelPackage later = model.withMetrics(List.of(new Metric(Guarded.SOURCE, 0.99)));
    assertThat(guard.judge(later, later).source()).isEqualTo(own);
    later.manifest().getLineage().setSettings(List.of(new Setting(Guard.DIGEST, guard.digest())));
    assertThat(guard.judge(later, later).source()).isEqualTo(0.99);
  }

  @Test
  void memory_isOfTheFirstHeadForAllThatFollow() throws IOException {
    Guard guard = guard(List.of(line(new Random(2), pipeline.labels().get(0))));
    ModelPackage first = Chains.asIs(pipeline, Chains.mlp(3, 8, 16, 6, 2));
    Map<String, float[]> head = Champion.of(first, pipeline).head().weights();
    Map<String, String> memory = guard.memory(Champion.of(first, pipeline));

    ModelPackage child = moved(first, memory);
    Champion later = Champion.of(child, pipeline);
    assertThat(guard.memory(later)).isEqualTo(memory).containsEntry(Guard.DIGEST, guard.digest());
    Map<String, float[]> kept = requireNonNull(guard.leash(later, 0).from()).weights();
    head.forEach((name, values) -> assertThat(kept.get(name)).isEqualTo(values));
    assertThat(later.head().weights().values()).doesNotContainAnyElementsOf(head.values());

    Guard another = guard(List.of(line(new Random(3), pipeline.labels().get(0))));
    assertThat(another.memory(later)).isEqualTo(memoryOf(another, later));
    assertThat(requireNonNull(another.leash(later, 0).from())).isSameAs(later.head());
  }

  private static Map<String, String> memoryOf(Guard guard, Champion own) {
    Map<String, String> memory = new HashMap<>(SourceHead.of(own.model().manifest()));
    memory.put(Guard.DIGEST, guard.digest());
    return memory;
  }

  /** The same version with every weight of its head one further on. */
  private ModelPackage moved(ModelPackage version, Map<String, String> settings) {
    Map<String, float[]> weights = Champion.of(version, pipeline).head().weights();
    for (float[] values : weights.values()) {
      for (int i = 0; i < values.length; i++) {
        values[i]++;
      }
    }
    Lineage lineage = Lineage.newBuilder(version.manifest().getLineage()).build();
    lineage.setSettings(
        settings.entrySet().stream()
            .map(setting -> new Setting(setting.getKey(), setting.getValue()))
            .toList());
    return version.withHeadWeights(weights, lineage, null, List.of());
  }

  private static Evaluation of(double accuracy) {
    return new Evaluation(100, accuracy, 0.3, OptionalDouble.empty(), OptionalDouble.empty(), 0.1);
  }
}
