package io.headwater.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.pipeline.Exclusions;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Rewind;
import io.headwater.schemas.Setting;
import io.headwater.trainer.plan.Depth;
import io.headwater.trainer.plan.Ladder;
import io.headwater.trainer.plan.Way;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.round.RoundSettings;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordedTrainingTest {
  private static final Ladder LADDER =
      new Ladder(List.of(new Depth(1, 10), new Depth(2, 30), new Depth(4, 90)), 4, "");

  private static Pipeline pipeline() {
    return PipelineFile.parse(
        "mail.yaml",
        """
        pipeline: mail
        model: { pretrained: m, hidden: 24 }
        features:
          text: { type: text, fields: [text] }
        labels: [ham, spam]
        feedback: { activations: recompute }
        training:
          { trigger: 70, epochs: 7, batch: 16, learningRate: 0.0013, weightDecay: 0.02, seed: -9,
            pull: 0.3, patience: 2, accumulation: 2, labelSmoothing: 0.05, clip: 0.7, warmUp: 0.2,
            segmentEpochs: 4, segmentRate: 0.3, balance: false, calibration: temperature,
            classWeights: { spam: 1.7 }, freeze: auto }
        rollout: { tolerance: 0.015 }
        """);
  }

  private static RecordedTraining recorded(RoundSettings settings, List<Way> ways) {
    Map<String, String> described = new TreeMap<>(settings.byName());
    described.putAll(RecordedTraining.facts(pipeline()));
    described.put(RecordedTraining.WAYS, RecordedTraining.ways(ways));
    return RecordedTraining.of(
        Lineage.newBuilder()
            .setRanges(List.of())
            .setExampleCount(0)
            .setSeed(-9)
            .setSettings(
                described.entrySet().stream()
                    .map(setting -> new Setting(setting.getKey(), setting.getValue()))
                    .toList())
            .setRuntime(List.of())
            .setFreeze("head")
            .setFreezeReason("so it was")
            .build());
  }

  @ParameterizedTest
  @EnumSource
  void settings_written_areReadBack(Start start) {
    RoundSettings settings = RoundSettings.of(pipeline(), pipeline().labels(), start);
    RecordedTraining recorded = recorded(settings, List.of());
    assertThat(recorded.settings()).isEqualTo(settings);
    assertThat(recorded.courses()).isEqualTo(CourseSettings.of(pipeline(), pipeline().labels()));
    assertThat(recorded.rule()).hasToString("auto");
    assertThat(recorded.activations()).isEqualTo(Pipeline.Activations.RECOMPUTE);
  }

  @Test
  void settings_oneMissing_isNamed() {
    RecordedTraining none =
        new RecordedTraining(recorded(settings(), List.of()).lineage(), Map.of("start", "warm"));
    assertThatThrownBy(none::settings).hasMessageContaining("does not record the setting epochs");
  }

  private static RoundSettings settings() {
    return RoundSettings.of(pipeline(), pipeline().labels(), Start.WARM);
  }

  @Test
  void ways_written_areReadBack() {
    List<Way> ways =
        List.of(new Way(2, 1, 0, false, 4), new Way(0, 2, 0, true, 4), new Way(0, 4, 0, false, 4));
    assertThat(recorded(settings(), ways).freeze(LADDER).ways()).isEqualTo(ways);
    assertThat(recorded(settings(), List.of()).freeze(LADDER).deep()).isFalse();
  }

  @Test
  void exampleList_written_isReadBack() {
    List<ReplayExample> examples =
        List.of(
            new ReplayExample("b", 0, 2, 2, 0, 1, new float[1], 1, 3),
            new ReplayExample("a", 0, 1, 1, 0, 1, new float[1], 0, 9));
    ExampleList list = ExampleList.read(ExampleList.bytes("mail.examples", examples));
    assertThat(list.topic()).isEqualTo("mail.examples");
    assertThat(list.positions()).hasToString("[0:9, 1:3]");
    byte[] broken = "mail.examples\n0:x\n".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ExampleList.read(broken)).hasMessageContaining("0:x");
  }

  @Test
  void rewind_writtenIsReadBack_andAnotherIsNotVouchedFor() {
    Exclusions exclusions =
        new Exclusions(Set.of("e1", "e2"), Set.of("bot"), List.of(new Exclusions.Span(1, 5, 9)));
    Rewind record = Rewinds.record(exclusions, "mail.examples");
    String reason = Rewinds.reason("mad", "4f0c21", exclusions);
    assertThat(Rewinds.exclusions(record)).isEqualTo(exclusions);
    assertThat(Rewinds.vouches(reason, Rewinds.exclusions(record))).isTrue();
    record.setSources(List.of("desk"));
    assertThat(Rewinds.vouches(reason, Rewinds.exclusions(record))).isFalse();
  }

  @Test
  void instructionSet_ofCpuInfo_namesWhatKernelsAreChosenBy() {
    assertThat(InstructionSet.of("processor : 0\nflags\t\t: fpu sse2 avx2 fma avx512f\n"))
        .isEqualTo("avx2 fma avx512f");
    assertThat(InstructionSet.of("Features : fp asimd asimddp\n")).isEqualTo("asimd asimddp");
    assertThat(InstructionSet.of("model name : x\n")).isEqualTo("unknown");
  }
}
