package io.headwater.ops.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final List<String> SENT = IntStream.range(0, 9).mapToObj(i -> "e" + i).toList();

  @Test
  void of_everyEventOnce_passes() {
    assertThat(verdict(scores()).passed()).isTrue();
    assertThat(verdict(scores()).scored()).isEqualTo(9);
  }

  @Test
  void of_plantedLoss_namesTheEvent() {
    List<Score> scores = scores();
    scores.remove(4);
    assertThat(verdict(scores).lost()).containsExactly("e4");
    assertThat(verdict(scores).passed()).isFalse();
  }

  @Test
  void of_plantedDouble_namesTheEvent() {
    List<Score> scores = scores();
    scores.add(score("e2", "a", 0.2f, "no"));
    assertThat(verdict(scores).doubled()).containsExactly("e2");
    assertThat(verdict(scores).passed()).isFalse();
  }

  @Test
  void of_plantedWrongVersion_saysWhatItsVersionAnswers() {
    List<Score> scores = scores();
    scores.set(3, score("e3", "b", 0.2f, "no"));
    assertThat(verdict(scores).wrong()).singleElement().asString().contains("e3", "0.7");
    assertThat(verdict(scores).passed()).isFalse();
  }

  @Test
  void of_versionThatNeverWas_isWrong() {
    List<Score> scores = scores();
    scores.set(3, score("e3", "c", 0.2f, "no"));
    assertThat(verdict(scores).wrong()).singleElement().asString().contains("never was");
  }

  @Test
  void of_decisionThatIsNotTheVersions_isWrong() {
    List<Score> scores = scores();
    scores.set(3, score("e3", "a", 0.2f, "yes"));
    assertThat(verdict(scores).wrong()).singleElement().asString().contains("decided as yes");
  }

  @Test
  void of_scoreWithinTheTolerance_passes() {
    List<Score> scores = scores();
    scores.set(3, score("e3", "a", 0.2f + 5e-6f, "no"));
    assertThat(verdict(scores).passed()).isTrue();
    scores.set(3, score("e3", "a", 0.2f + 2e-5f, "no"));
    assertThat(verdict(scores).passed()).isFalse();
  }

  @Test
  void of_scoreOfAnotherEventOrADeadLetter_fails() {
    List<Score> scores = scores();
    scores.add(score("e99", "a", 0.2f, "no"));
    assertThat(verdict(scores).unknown()).containsExactly("e99");
    assertThat(Verdict.of(SENT, scores(), 1, VerdictTest::answer).passed()).isFalse();
  }

  private static Verdict verdict(List<Score> scores) {
    return Verdict.of(SENT, scores, 0, VerdictTest::answer);
  }

  private static Optional<Verdict.Answer> answer(String version, String eventId) {
    return switch (version) {
      case "a" -> Optional.of(new Verdict.Answer(new float[] {0.2f}, "no"));
      case "b" -> Optional.of(new Verdict.Answer(new float[] {0.7f}, "yes"));
      default -> Optional.empty();
    };
  }

  private static List<Score> scores() {
    List<Score> scores = new ArrayList<>();
    SENT.forEach(id -> scores.add(score(id, "a", 0.2f, "no")));
    return scores;
  }

  private static Score score(String id, String version, float probability, String decision) {
    return Score.newBuilder()
        .setEventId(id)
        .setEventTime(Instant.EPOCH)
        .setVersion(version)
        .setStage(Stage.PRODUCTION)
        .setDecision(decision)
        .setProbabilities(List.of(probability))
        .setScoredAt(Instant.EPOCH)
        .build();
  }
}
