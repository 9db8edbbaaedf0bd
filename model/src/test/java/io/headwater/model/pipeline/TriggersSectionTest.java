package io.headwater.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class TriggersSectionTest {
  private static final String FILE =
      """
      pipeline: payments
      model: { pretrained: mini }
      features:
        numbers: { type: numeric, fields: [amount, age] }
      labels: [good, bad]
      """;

  private static Triggers triggers(String yaml) {
    return PipelineFile.parse("p.yaml", FILE + yaml).training().triggers();
  }

  @Test
  void parse_nothingGiven_isNone() {
    assertThat(triggers("")).isEqualTo(Triggers.NONE);
  }

  @Test
  void parse_everyKeyGiven_takesEach() {
    assertThat(
            triggers(
                """
                training:
                  triggers:
                    minInterval: 1h
                    age: 7d
                    schedule: "0 3 * * 1-5"
                    zone: Europe/Vienna
                    loss: 0.01
                    activations: { shift: 0.5, window: 100 }
                    inputs: { distance: 0.1, window: 500, fields: [amount] }
                """))
        .isEqualTo(
            new Triggers(
                Duration.ofHours(1),
                Duration.ofDays(7),
                new Triggers.Timetable(new Schedule("0 3 * * 1-5"), ZoneId.of("Europe/Vienna")),
                new Triggers.Loss(0.01),
                new Triggers.Activations(0.5, 100),
                new Triggers.Inputs(0.1, 500, List.of("amount"))));
  }

  @Test
  void parse_inputsWithoutFields_watchEveryNumber() {
    Triggers triggers = triggers("training: { triggers: { inputs: { distance: 0.1 } } }");
    assertThat(triggers.inputs())
        .isEqualTo(new Triggers.Inputs(0.1, 1000, List.of("amount", "age")));
  }

  @Test
  void parse_inputsOfAPipelineWithoutNumbers_isReported() {
    assertThatThrownBy(
            () ->
                PipelineFile.parse(
                    "p.yaml",
                    """
                    pipeline: mail
                    model: { pretrained: mini }
                    features:
                      text: { fields: [body] }
                    labels: [ham, spam]
                    training: { triggers: { inputs: { distance: 0.1 } } }
                    """))
        .hasMessageContaining("p.yaml:6")
        .hasMessageContaining("no feature is numeric");
  }

  @Test
  void parse_settingWithoutItsTrigger_isReported() {
    assertThatThrownBy(
            () ->
                triggers(
                    "training: { triggers: { zone: UTC, inputs: { window: 100 },"
                        + " activations: { window: 100 } } }"))
        .hasMessageContaining("'training.triggers.zone' is given without")
        .hasMessageContaining("'training.triggers.inputs.window' is given without")
        .hasMessageContaining("'training.triggers.activations.window' is given without");
  }

  @Test
  void parse_activationsThatExamplesDoNotCarry_isReported() {
    assertThatThrownBy(
            () ->
                triggers(
                    "feedback: { activations: recompute }\n"
                        + "training: { triggers: { activations: { shift: 0.3 } } }"))
        .hasMessageContaining("watches activations, which examples do not carry");
  }

  @Test
  void parse_aScheduleThatIsNone_isReportedWithWhatToWrite() {
    assertThatThrownBy(
            () -> triggers("training: { triggers: { schedule: nightly, zone: Mars/Olympus } }"))
        .hasMessageContaining("p.yaml:6")
        .hasMessageContaining("'training.triggers.schedule' is 'nightly'")
        .hasMessageContaining("0 3 * * 1-5")
        .hasMessageContaining("'training.triggers.zone' is 'Mars/Olympus', not a time zone");
  }
}
