package io.headwater.model.pipeline;

import static io.headwater.model.pipeline.PipelineFiles.SMALLEST;
import static io.headwater.model.pipeline.PipelineFiles.assertRefused;
import static io.headwater.model.pipeline.PipelineFiles.problemsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headwater.schemas.serde.WireFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineFileTest {
  @Test
  void parse_requiredKeysOnly_hasTheDefaults() {
    Pipeline pipeline = PipelineFile.parse("p.yaml", SMALLEST);

    assertThat(pipeline.name()).isEqualTo("reviews");
    assertThat(pipeline.wire()).isEqualTo(new Pipeline.Wire(WireFormat.JSON, null, 2, 1));
    assertThat(pipeline.event())
        .isEqualTo(
            new Pipeline.Event(
                "id",
                "$timestamp",
                Duration.ofDays(18262),
                Duration.ofHours(1),
                Pipeline.OutOfBounds.DEAD_LETTER,
                1 << 20));
    assertThat(pipeline.model()).isEqualTo(new Pipeline.Model("mini", 0));
    assertThat(pipeline.features())
        .containsExactly(new FeatureSpec.Text("text", List.of("title", "body"), 128));
    assertThat(pipeline.labels()).containsExactly("ham", "spam");
    assertThat(pipeline.thresholds()).isEmpty();
    assertThat(pipeline.feedback()).isEqualTo(new Pipeline.Feedback(Duration.ofDays(90), false));
    assertThat(pipeline.training())
        .isEqualTo(new Pipeline.Training(250, 1500, 500, 100, 20, 32, 0.001, 0.01, 42));
    assertThat(pipeline.rollout()).isEqualTo(new Pipeline.Rollout(Pipeline.Gates.HOLDOUT, 0));
  }

  @Test
  void parse_everyKeyGiven_takesEach() {
    Pipeline pipeline =
        PipelineFile.parse(
            "p.yaml",
            """
            pipeline: mail.v2
            format: avro
            registry: http://localhost:8081
            partitions: 6
            replication: 3
            event:
              id: $key
              time: meta.sent
              maxAge: 3650d
              maxSkew: 250ms
              outOfBounds: clamp
              maxBytes: 512KiB
            model: { pretrained: mini, hidden: 64 }
            features:
              body: { type: text, fields: [payload.body], maxTokens: 64 }
            labels: [0, 1, 2]
            decision: { thresholds: { 1: 0.6, 2: 1e-1 } }
            feedback:
              { joinWindow: PT36H, copartitioned: true, unlabelledAfterMaturity: negative,
                maturity: 24h, negative: 1 }
            training:
              { trigger: 10, window: 20, balanced: 0, holdout: 5, epochs: 1, batch: 4,
                learningRate: 0.1, weightDecay: 0, seed: -7 }
            rollout: { gates: holdout, tolerance: 0.25 }
            """);

    assertThat(pipeline.wire())
        .isEqualTo(new Pipeline.Wire(WireFormat.AVRO, URI.create("http://localhost:8081"), 6, 3));
    assertThat(pipeline.event())
        .isEqualTo(
            new Pipeline.Event(
                "$key",
                "meta.sent",
                Duration.ofDays(3650),
                Duration.ofMillis(250),
                Pipeline.OutOfBounds.CLAMP,
                512 << 10));
    assertThat(pipeline.features())
        .containsExactly(new FeatureSpec.Text("body", List.of("payload.body"), 64));
    assertThat(pipeline.labels()).containsExactly("0", "1", "2");
    assertThat(pipeline.thresholds()).isEqualTo(Map.of("1", 0.6, "2", 0.1));
    assertThat(pipeline.feedback())
        .isEqualTo(
            new Pipeline.Feedback(
                Duration.ofHours(36), true, new Pipeline.Silence(Duration.ofDays(1), "1")));
    assertThat(pipeline.training())
        .isEqualTo(new Pipeline.Training(10, 20, 0, 5, 1, 4, 0.1, 0, -7));
    assertThat(pipeline.rollout().tolerance()).isEqualTo(0.25);
  }

  @Test
  void parse_tuning_takesEach() {
    Pipeline pipeline =
        PipelineFile.parse(
            "p.yaml",
            SMALLEST
                + """
                training:
                  { freeze: segments:3, segmentEpochs: 7, activationBytes: 2MiB, cacheBytes: 3MiB, segmentRate: 0.05, pull: 2, labelSmoothing: 0.1, balance: false,
                    classWeights: { spam: 3 }, accumulation: 4, patience: 2, warmUp: 0, clip: 5, budget: 0.5 }
                """);

    assertThat(pipeline.training().tuning())
        .isEqualTo(
            new Tuning(
                new FreezeRule.Last(3),
                7,
                0.05,
                2,
                0.1,
                false,
                Map.of("spam", 3.0),
                4,
                2,
                0,
                5,
                2 << 20,
                0.5,
                3 << 20));
  }

  @Test
  void parse_freezeOfAnEarlierTap_saysWhatIsKept() {
    Pipeline pipeline = PipelineFile.parse("p.yaml", SMALLEST + "training: { freeze: tap:2 }\n");
    assertThat(pipeline.training().tuning().freeze()).isEqualTo(new FreezeRule.Tap(2));
    assertThat(problemsOf(SMALLEST + "training: { freeze: tap:0 }\n"))
        .singleElement()
        .asString()
        .contains("auto, head, segments:N, tap:K or all");
  }

  @Test
  void parse_classWeightOfNoLabel_isRefused() {
    assertThat(problemsOf(SMALLEST + "training: { classWeights: { spa: 2 } }\n"))
        .containsExactly(
            "p.yaml:7: there is a class weight for 'spa', which is no label; did you mean 'spam'?");
  }

  @Test
  void parse_windows_takesEach() {
    Pipeline pipeline =
        PipelineFile.parse(
            "p.yaml",
            """
            pipeline: cards
            model: { pretrained: mini }
            features: { text: { fields: [text] } }
            labels: [good, bad]
            windows:
              by: card.number
              over:
                day:
                  size: 24h
                  features:
                    count: {}
                    spent: { compute: sum, of: amount }
                    pause: { compute: since-last }
            """);
    assertThat(pipeline.windows())
        .isEqualTo(
            new Windows(
                "card.number",
                List.of(
                    new Windows.Window(
                        "day",
                        Duration.ofDays(1),
                        List.of(
                            new Windows.Aggregate("count", Windows.Compute.COUNT, null),
                            new Windows.Aggregate("spent", Windows.Compute.SUM, "amount"),
                            new Windows.Aggregate("pause", Windows.Compute.SINCE_LAST, null))))));
    assertThat(pipeline.scoredTopic()).isEqualTo("cards.enriched");
  }

  @Test
  void parse_manyProblems_reportsAllInTheOrderOfTheLines() {
    assertThat(
            problemsOf(
                """
                pipeline: Reviews!
                format: avro
                partitions: many
                evnt: {}
                event:
                  maxage: 5m
                  maxSkew: -1h
                model: mini
                features:
                  text: { fields: title }
                labels: [ham]
                decision: { thresholds: { spam: 1.5 } }
                training:
                  window: 100
                  holdout: 100
                """))
        .satisfiesExactly(
            p -> assertThat(p).startsWith("p.yaml:1: 'pipeline': pipeline name 'Reviews!' must be"),
            p ->
                assertThat(p)
                    .isEqualTo(
                        "p.yaml:2: format avro needs a schema registry; write 'registry:"
                            + " http://localhost:8081'"),
            p ->
                assertThat(p)
                    .isEqualTo(
                        "p.yaml:3: 'partitions' is 'many', not a whole number within bounds; write"
                            + " a whole number from 1 to 10000, such as 2"),
            p -> assertThat(p).isEqualTo("p.yaml:4: unknown key 'evnt'; did you mean 'event'?"),
            p ->
                assertThat(p)
                    .isEqualTo("p.yaml:6: unknown key 'event.maxage'; did you mean 'maxAge'?"),
            p -> assertThat(p).startsWith("p.yaml:7: 'event.maxSkew' is '-1h', not a duration;"),
            p ->
                assertThat(p)
                    .isEqualTo(
                        "p.yaml:8: 'model' is 'mini', not a mapping; write 'model: { pretrained:"
                            + " all-minilm-l6-v2-q }'"),
            p -> assertThat(p).startsWith("p.yaml:10: 'features.text.fields' is 'title', not a"),
            p -> assertThat(p).startsWith("p.yaml:11: 'labels' has 1 item; write a list of"),
            p -> assertThat(p).startsWith("p.yaml:12: 'decision.thresholds.spam' is '1.5', out of"),
            p ->
                assertThat(p)
                    .startsWith("p.yaml:15: 'training.holdout' is 100, which leaves nothing"));
  }

  @Test
  void parse_emptyFile_namesEveryRequiredKey() {
    assertThat(problemsOf(""))
        .containsExactly(
            "p.yaml:1: 'pipeline' is missing; write 'pipeline: reviews'",
            "p.yaml:1: there is no feature; write 'features: { text: { fields: [title, body] } }'",
            "p.yaml:1: 'labels' is missing; write 'labels: [ham, spam]'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "registry: http://localhost:8081 | p.yaml:7: a registry is given, and format json uses none",
        "registry: localhost | p.yaml:7: 'registry' is 'localhost', not an http or https address",
        "maxAge: 3d | p.yaml:7: unknown key 'maxAge'; did you mean 'event.maxAge'?",
        "zzz: 3d | p.yaml:7: unknown key 'zzz'; remove it, or write one of decision, evaluation,",
        "labels: [a, b] | p.yaml:7: 'labels' is given a second time, after line 6; keep one",
        "decision: { thresholds: { spma: 0.5 } } | p.yaml:7: there is a threshold for 'spma', which"
            + " is no label; did you mean 'spam'?",
        "event: { id: $offset } | p.yaml:7: 'event.id' is '$offset', not a dotted path; write a",
        "event: { id: a..b } | p.yaml:7: 'event.id' is 'a..b', not a dotted path; write a dotted",
        "event: { maxAge: 30 } | p.yaml:7: 'event.maxAge' is '30', not a duration; write a duration",
        "event: { maxAge: -PT1H } | p.yaml:7: 'event.maxAge' is '-PT1H', negative; write a duration",
        "event: { maxAge: 40000d } | p.yaml:7: 'event.maxAge' is '40000d', longer than 36525d; write",
        "event: { maxBytes: 1MB } | p.yaml:7: 'event.maxBytes' is '1MB', not a size; write a size",
        "event: { maxBytes: 9GiB } | p.yaml:7: 'event.maxBytes' is '9GiB', out of bounds; write",
        "feedback: { copartitioned: yes } | p.yaml:7: 'feedback.copartitioned' is 'yes', neither",
        "feedback: { maturity: 3d } | p.yaml:7: 'feedback.maturity' is given, and",
        "feedback: { enabled: false, unlabelledAfterMaturity: negative, maturity: 3d } | p.yaml:7:"
            + " 'feedback.enabled' is false, and 'feedback.unlabelledAfterMaturity' makes examples",
        "feedback: { unlabelledAfterMaturity: negative } | p.yaml:7: 'feedback.unlabelledAfter",
        "feedback: { unlabelledAfterMaturity: negative, maturity: 99d } | p.yaml:7: 'feedback.matur",
        "feedback: { unlabelledAfterMaturity: negative, maturity: 9d, negative: hamm } | p.yaml:7:"
            + " 'feedback.negative' is 'hamm', which is no label; did you mean 'ham'?",
        "windows: { over: {} } | p.yaml:7: there is no window; write 'windows: { over: { day:",
        "windows: { over: { event: { features: { n: {} } } } } | p.yaml:7: a window is named 'event'",
        "windows: { over: { day: {} } } | p.yaml:7: the window 'day' has no features; write",
        "windows: { over: { day: { features: { n: { compute: sum } } } } } | p.yaml:7:"
            + " 'windows.over.day.features.n' has no field to compute from; write 'of: amount'",
        "windows: { over: { day: { features: { n: { compute: median, of: x } } } } } | p.yaml:7:"
            + " 'windows.over.day.features.n.compute' is 'median', unknown; write",
        "model: { hidden: } | p.yaml:7: 'model' is given a second time, after line 2",
        "training: { seed: } | p.yaml:7: 'training.seed' is empty; write a whole number, such as 42",
        "training: { learningRate: NaN } | p.yaml:7: 'training.learningRate' is 'NaN', not a number",
        "rollout: { gates: [holdout] } | p.yaml:7: 'rollout.gates' is a list; write holdout, such",
        "rollout: { gates: never } | p.yaml:7: 'rollout.gates' is 'never', unknown; write holdout,",
        "--- | p.yaml:8: a second document begins; keep one pipeline to a file, without '---'",
      })
  void parse_oneWrongLine_saysWhatAndWhatToWrite(String line, String problem) {
    assertRefused(SMALLEST + line + "\n", problem);
  }

  @Test
  void parse_labelTwice_isReported() {
    assertThat(problemsOf(SMALLEST.replace("[ham, spam]", "[ham, ham]")))
        .containsExactly("p.yaml:6: 'labels' holds 'ham' twice; write each label once");
  }

  @Test
  void parse_aliases_areRefusedUnexpanded() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, "*a%d, ".formatted(i - 1).repeat(10)));
    }

    assertThat(problemsOf(bomb + SMALLEST))
        .contains("p.yaml:2: alias '*a0' is refused; write the value out");
  }

  @Test
  void parse_deepNesting_isRefused() {
    assertThat(problemsOf(SMALLEST + "deep: " + "[".repeat(40) + "]".repeat(40)))
        .contains("p.yaml:7: nested deeper than 16 levels; remove the nesting");
  }

  @Test
  void parse_brokenSyntax_namesTheLine() {
    assertThat(problemsOf("pipeline: reviews\nlabels: [a, b\nmodel: {}\n"))
        .singleElement()
        .asString()
        .matches("p\\.yaml:[23]: not YAML: .*; mend the syntax");
  }

  @Test
  void parse_listAtTheTop_isReported() {
    assertThat(problemsOf("- a\n"))
        .contains("p.yaml:1: the file is not a mapping; write 'pipeline: reviews' first");
  }

  @Test
  void read_fileThatIsNone_saysSo(@TempDir Path folder) throws IOException {
    Path binary = Files.write(folder.resolve("b.yaml"), new byte[] {(byte) 0xC3, 0x28});
    Path large = Files.write(folder.resolve("l.yaml"), new byte[(1 << 20) + 1]);

    assertThat(
            catchThrowableOfType(
                PipelineFileException.class, () -> PipelineFile.read(folder.resolve("x.yaml"))))
        .hasMessage(
            folder.resolve("x.yaml")
                + ": there is no such file; give the path of a"
                + " pipeline file");
    assertThat(catchThrowableOfType(PipelineFileException.class, () -> PipelineFile.read(binary)))
        .hasMessageContaining("is not UTF-8 text");
    assertThat(catchThrowableOfType(PipelineFileException.class, () -> PipelineFile.read(large)))
        .hasMessageContaining("larger than 1 MiB");
    assertThat(catchThrowableOfType(PipelineFileException.class, () -> PipelineFile.read(folder)))
        .hasMessageContaining("can't be read");
  }

  @Test
  void read_soundFile_isParsed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("reviews.yaml"), SMALLEST);

    assertThat(PipelineFile.read(file)).isEqualTo(PipelineFile.parse("p.yaml", SMALLEST));
  }
}
