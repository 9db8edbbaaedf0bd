package io.headwater.model.pipeline;

import static io.headwater.model.pipeline.PipelineFiles.SMALLEST;
import static io.headwater.model.pipeline.PipelineFiles.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pipeline file says of scores, of classes and of numbers. */
class PipelineScoresTest {
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
    assertRefused(SMALLEST + line + "\n", problem);
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
    assertRefused(SMALLEST.replace("[ham, spam]", "number") + line + "\n", problem);
  }
}
