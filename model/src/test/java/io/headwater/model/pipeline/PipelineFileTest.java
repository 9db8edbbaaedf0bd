package io.headwater.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headwater.schemas.CategoryEncoding;
import io.headwater.schemas.ImageChannels;
import io.headwater.schemas.ImageLayout;
import io.headwater.schemas.ImageResize;
import io.headwater.schemas.ImageSource;
import io.headwater.schemas.UnknownCategory;
import io.headwater.schemas.serde.WireFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineFileTest {
  private static final String SMALLEST =
      """
      pipeline: reviews
      model: { pretrained: mini }
      features:
        text:
          fields: [title, body]
      labels: [ham, spam]
      """;

  private static List<String> problemsOf(String yaml) {
    return catchThrowableOfType(
            PipelineFileException.class, () -> PipelineFile.parse("p.yaml", yaml))
        .problems();
  }

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
    assertThat(problemsOf(SMALLEST + line + "\n")).singleElement().asString().startsWith(problem);
  }

  @Test
  void parse_labelTwice_isReported() {
    assertThat(problemsOf(SMALLEST.replace("[ham, spam]", "[ham, ham]")))
        .containsExactly("p.yaml:6: 'labels' holds 'ham' twice; write each label once");
  }

  @Test
  void parse_featuresOfEveryType_areTaken() {
    Pipeline pipeline =
        PipelineFile.parse(
            "p.yaml",
            """
            pipeline: p
            model: { pretrained: mini }
            labels: [a, b]
            features:
              words: { fields: [t], input: ids, mask: m, types: y }
              sums: { type: numeric, input: x, fields: [n, m.k], log: [n], mean: [1, -2], impute: 0 }
              ages: { type: numeric, fields: [age], standardise: true, impute: mean }
              place: { type: categorical, field: c, vocabulary: [1, at], unknown: refuse, encoding: index }
              shop: { type: categorical, field: s, buckets: 64, unknown: none }
              photo: { type: image, field: f, channels: bgr, width: 8, resize: cover, layout: nhwc,
                       scale: 0.1, mean: [1, 2, 3], deviation: [2], maxPixels: 100 }
              scan: { type: image, field: g, source: raw, rawWidth: 3, rawHeight: 2, channels: grey }
              face: { type: vector, field: v, dims: [2, 3] }
            """);

    assertThat(pipeline.features())
        .containsExactly(
            new FeatureSpec.Text("words", "ids", "m", "y", List.of("t"), 128),
            new FeatureSpec.Numeric(
                "sums",
                "x",
                List.of("n", "m.k"),
                List.of("n"),
                false,
                List.of(1.0, -2.0),
                List.of(),
                new FeatureSpec.Impute(0.0)),
            new FeatureSpec.Numeric(
                "ages",
                null,
                List.of("age"),
                List.of(),
                true,
                List.of(),
                List.of(),
                new FeatureSpec.Impute(null)),
            new FeatureSpec.Categorical(
                "place",
                null,
                "c",
                List.of("1", "at"),
                UnknownCategory.REFUSE,
                0,
                CategoryEncoding.INDEX),
            new FeatureSpec.Categorical(
                "shop", null, "s", List.of(), UnknownCategory.NONE, 64, CategoryEncoding.ONE_HOT),
            new FeatureSpec.Image(
                "photo",
                null,
                "f",
                ImageSource.ENCODED,
                0,
                0,
                ImageChannels.BGR,
                8,
                0,
                ImageResize.COVER,
                ImageLayout.NHWC,
                0.1,
                List.of(1.0, 2.0, 3.0),
                List.of(2.0),
                100),
            new FeatureSpec.Image(
                "scan",
                null,
                "g",
                ImageSource.RAW,
                3,
                2,
                ImageChannels.GREY,
                0,
                0,
                ImageResize.STRETCH,
                null,
                0.00392156862745098,
                List.of(),
                List.of(),
                4_194_304),
            new FeatureSpec.Vector("face", null, "v", List.of(2, 3)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ type: number, fields: [a] } | type' is 'number', unknown; write categorical or image or",
        "{ type: numeric } | fields' is missing; write",
        "{ type: numeric, fields: [a], dims: [2] } | dims' is a key of vector features, and this one"
            + " is numeric; remove it, or write 'type: vector'",
        "{ type: vector, field: a, fields: [b] } | fields' is a key of text and numeric features",
        "{ type: numeric, fields: [a], log: [b] } | log' names 'b', which 'fields' does not; write one"
            + " of [a]",
        "{ type: numeric, fields: [a], mean: [1, 2] } | mean' has 2 numbers for 1 fields; write one",
        "{ type: numeric, fields: [a], mean: [1], standardise: true } | standardise' is true, and",
        "{ type: numeric, fields: [a], deviation: [0] } | deviation' is '0', out of bounds",
        "{ type: numeric, fields: [a], impute: none } | impute' is 'none', not a number; write a"
            + " number or mean, such as mean",
        "{ type: categorical, field: a } | x' names no values; write one of 'vocabulary', 'vocab",
        "{ type: categorical, field: a, buckets: 8, vocabulary: [b] } | x' has [buckets, vocabulary]",
        "{ type: categorical, field: a, vocabulary: [b, b] } | vocabulary' holds 'b' twice; write",
        "{ type: categorical, field: a, buckets: 8, unknown: none, encoding: index } | unknown' is"
            + " none, and an index has no value for that; write own or refuse, or",
        "{ type: categorical, field: a, vocabularyFile: b.txt } | vocabularyFile' can't be used: the"
            + " pipeline was not read from a file",
        "{ type: image, field: a, source: raw } | source' is raw, which has no size of its own; write",
        "{ type: image, field: a, rawWidth: 3 } | rawWidth' is given, and encoded images tell their",
        "{ type: image, field: a, channels: grey, mean: [1, 2, 3] } | mean' has 3 numbers for 1",
        "{ type: image, field: a, widht: 3 } | widht'; did you mean 'width'?",
      })
  void parse_wrongFeature_saysWhatAndWhatToWrite(String feature, String problem) {
    assertThat(
            problemsOf(
                SMALLEST.replaceAll("(?s)  text:.*\\]\\nlabels", "  x: " + feature + "\nlabels")))
        .singleElement()
        .asString()
        .startsWith("p.yaml:4: ")
        .contains("features.x")
        .contains(problem);
  }

  @Test
  void read_vocabularyFile_isFoundBesideThePipelineFile(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("places.txt"), "at\n\nch\r\nNew York\n");
    Path file =
        Files.writeString(
            folder.resolve("p.yaml"),
            SMALLEST.replace(
                "text:\n    fields: [title, body]",
                "place: { type: categorical, field: c, vocabularyFile: places.txt }"));

    assertThat(((FeatureSpec.Categorical) PipelineFile.read(file).features().get(0)).vocabulary())
        .containsExactly("at", "ch", "New York");

    Files.delete(folder.resolve("places.txt"));
    assertThat(catchThrowableOfType(PipelineFileException.class, () -> PipelineFile.read(file)))
        .hasMessageContaining("'features.place.vocabularyFile' can't be used: there is no file");
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

  @Test
  void parse_scores_takesBothForms() {
    Pipeline listed = PipelineFile.parse("p.yaml", SMALLEST + "scores: { fields: [amount, a.b] }");
    assertThat(listed.scores().fields()).isEqualTo(Map.of("amount", "amount", "a.b", "a.b"));
    Pipeline named =
        PipelineFile.parse(
            "p.yaml",
            SMALLEST
                + """
                scores:
                  fields:
                    land: shop.country
                    amount: amount
                  maxFieldBytes: 1KiB
                  embedding: true
                outputs:
                  score: scores
                  embedding: pooled
                evaluation:
                  slices: [land]
                  mostSlices: 3
                """);
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("land", "shop.country");
    fields.put("amount", "amount");
    assertThat(named.scores())
        .isEqualTo(new ScoreContents(fields, 1024, true, "scores", "pooled", List.of("land"), 3));
    assertThat(named.scores().fields().keySet()).containsExactly("land", "amount");
  }

  @Test
  void parse_numberLabels_areARegression() {
    Pipeline pipeline =
        PipelineFile.parse(
            "p.yaml",
            SMALLEST.replace("[ham, spam]", "number")
                + """
                decision:
                  levels: { high: 1000, middle: -3.5 }
                  below: low
                training:
                  loss: huber
                  huberDelta: 2
                """);
    assertThat(pipeline.labels()).isEmpty();
    assertThat(pipeline.regression())
        .isEqualTo(
            new Regression(
                Regression.Loss.HUBER, 2, Map.of("high", 1000.0, "middle", -3.5), "low"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "scores: { fields: [a, a] } | p.yaml:7: 'scores.fields' holds 'a' twice",
        "scores: { fields: [$key] } | p.yaml:7: 'scores.fields' is '$key', not a dotted path",
        "scores: { fields: amount } | p.yaml:7: 'scores.fields' is 'amount'; write a list of dotted",
        "scores: { fields: { a: [b] } } | p.yaml:7: 'scores.fields' is a list",
        "evaluation: { slices: [land] } | p.yaml:7: 'evaluation.slices' names 'land', which no score",
        "decision: { levels: { high: 3 } } | p.yaml:7: 'decision.levels.high' is for numbers",
        "training: { loss: huber } | p.yaml:7: 'training.loss' is for numbers, and labels are",
        "outputs: { score: a, embedding: a } | p.yaml:7: 'outputs.score' and 'outputs.embedding'",
      })
  void parse_wrongScores_areReportedWithTheirLine(String line, String problem) {
    assertThat(problemsOf(SMALLEST + line + "\n")).singleElement().asString().startsWith(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "decision: { thresholds: { a: 0.5 } } | p.yaml:7: 'decision.thresholds.a' is for classes",
        "decision: { levels: { a: 1, b: 1 } } | p.yaml:7: the levels 'a' and 'b' begin at the same",
        "decision: { levels: { a: 1 }, below: a } | p.yaml:7: 'decision.below' is 'a', which is",
        "training: { calibration: temperature } | p.yaml:7: 'training.calibration' is for classes",
        "training: { labelSmoothing: 0.1 } | p.yaml:7: 'training.labelSmoothing' is for classes",
        "training: { rehearsal: source.jsonl } | p.yaml:7: 'training.rehearsal' is for classes",
        "feedback: { unlabelledAfterMaturity: negative, maturity: 1d } | p.yaml:7: 'feedback.unlab",
      })
  void parse_whatIsForClasses_isReportedWhereLabelsAreNumbers(String line, String problem) {
    assertThat(problemsOf(SMALLEST.replace("[ham, spam]", "number") + line + "\n"))
        .singleElement()
        .asString()
        .startsWith(problem);
  }
}
