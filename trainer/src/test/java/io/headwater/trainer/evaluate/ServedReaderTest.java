package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.schemas.GivenScore;
import io.headwater.schemas.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServedReaderTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
  private static final ServedReader READER = new ServedReader(List.of("ham", "spam"));

  private static GivenScore score(Stage stage, String decision, Float... probabilities) {
    return GivenScore.newBuilder()
        .setVersion("v")
        .setStage(stage)
        .setDecision(decision)
        .setProbabilities(List.of(probabilities))
        .setScoredAt(THEN)
        .build();
  }

  private static Example example(String label, GivenScore... scores) {
    return Example.newBuilder()
        .setEventId("e")
        .setEventTime(THEN)
        .setLabel(label)
        .setLabeledAt(THEN.plus(Duration.ofDays(3)))
        .setScores(List.of(scores))
        .setEvent(new EventPointer("events", 0, 0L))
        .build();
  }

  @Test
  void read_ofAScoreInProduction_pairsItWithTheTruth() {
    Served served =
        (Served)
            READER
                .read(
                    example(
                        "ham",
                        score(Stage.SHADOW, "ham", 0.9f, 0.1f),
                        score(Stage.PRODUCTION, "spam", 0.25f, 0.75f)))
                .orElseThrow();
    assertThat(served.right()).isFalse();
    assertThat(served.probabilities()).containsExactly(0.25f, 0.75f);
    assertThat(served.classIndex()).isZero();
    assertThat(served.delay()).isEqualTo(Duration.ofDays(3));
  }

  @Test
  void read_withoutAnAnswerOfTheseClasses_isEmpty() {
    assertThat(READER.read(example("ham"))).isEmpty();
    assertThat(READER.read(example("eggs", score(Stage.PRODUCTION, "ham", 0.5f, 0.5f)))).isEmpty();
    assertThat(READER.read(example("ham", score(Stage.PRODUCTION, "eggs", 0.5f, 0.5f)))).isEmpty();
    assertThat(READER.read(example("ham", score(Stage.PRODUCTION, "ham", 1f)))).isEmpty();
    assertThat(READER.read(example("ham", score(Stage.PRODUCTION, "ham", 1f, Float.NaN))))
        .isEmpty();
    assertThat(READER.read(example("ham", score(Stage.CANARY, "ham", 1f, 0f)))).isEmpty();
  }

  @Test
  void read_whereLabelsAreNumbers_pairsTheValues() {
    GivenScore score = score(Stage.PRODUCTION, "", 0.5f);
    score.setValue(2.5f);
    Example example = example("", score);
    ServedReader numbers = new ServedReader(List.of());
    assertThat(numbers.read(example)).isEmpty();
    example.setValue(2.0);
    assertThat(numbers.read(example))
        .get()
        .isInstanceOfSatisfying(
            ServedValue.class, served -> assertThat(served.error()).isEqualTo(0.5));
  }
}
