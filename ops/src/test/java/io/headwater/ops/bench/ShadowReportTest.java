package io.headwater.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.featurise.FeatureException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.SegmentTrie;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShadowReportTest {
  @TempDir private Path work;

  @Test
  void report_comparesWithNoShadow_byMedians() {
    ShadowReport.Cost alone = new ShadowReport.Cost(0, List.of(100.0, 90.0, 110.0), List.of(5.0));
    ShadowReport.Cost heads = new ShadowReport.Cost(3, List.of(96.0, 97.0, 90.0), List.of(5.1));
    ShadowReport.Cost full = new ShadowReport.Cost(3, List.of(25.0), List.of(20.0));
    ShadowReport report = new ShadowReport("mlp", 100, List.of(alone, heads), List.of(alone, full));

    report.chart().write(work.resolve("shadows.png"));

    assertThat(report.share(heads)).isEqualTo(0.96);
    assertThat(report.text()).contains("3 full models").containsOnlyOnce("\n0 ");
    assertThat(report.json()).contains("\"cpuMillisPerEvent\" : [ 20.0 ]");
    assertThat(work.resolve("shadows.png")).exists();
    assertThat(Files.exists(work.resolve("shadows.png.png"))).isFalse();
  }

  @Test
  void fullModels_shareNoRunWithTheirOriginal_andSuccessorsDo() {
    Workload workload = Workloads.numbers(8, 1);
    ModelPackage original = workload.version();
    ModelPackage full = FullModels.of(original, 1);
    Successors successors =
        new Successors(workload, new WireReader(workload.pipeline()).events(), 1);

    assertThat(full.version()).isNotEqualTo(FullModels.of(original, 2).version());
    assertThat(runs(original, full)).isEqualTo(4);
    assertThat(runs(successors.first(), successors.next())).isEqualTo(3);
  }

  private static int runs(ModelPackage first, ModelPackage second) {
    try (LoadedModel one = LoadedModel.load(first);
        LoadedModel other = LoadedModel.load(second);
        SegmentTrie trie = SegmentTrie.open(List.of(one, other))) {
      Workload workload = Workloads.numbers(8, 1);
      return trie.score(
              0,
              List.of(first.version(), second.version()),
              List.of(
                  trie.featurise(
                      0,
                      new WireReader(workload.pipeline())
                          .events()
                          .decode(workload.event().apply(0)))))
          .sessionRuns();
    } catch (FeatureException e) {
      throw new AssertionError(e);
    }
  }
}
