package io.headwater.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ops.data.LabelledItem;
import io.headwater.schemas.Activation;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.schemas.GateOutcome;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
  private static final List<LabelledItem> STREAM =
      List.of(
          new LabelledItem("a", null, Map.of(), "ham"),
          new LabelledItem("b", null, Map.of(), "spam"));

  private final Ledger ledger = new Ledger(STREAM, List.of("ham", "spam"));

  private static Score score(String id, String version, String decision) {
    return Score.newBuilder()
        .setEventId(id)
        .setEventTime(NOW)
        .setVersion(version)
        .setStage(Stage.PRODUCTION)
        .setDecision(decision)
        .setProbabilities(List.of(0.5f, 0.5f))
        .setScoredAt(NOW)
        .build();
  }

  private static Example example(String id, float activation) {
    ByteBuffer values = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    values.putFloat(0, activation);
    return Example.newBuilder()
        .setEventId(id)
        .setEventTime(NOW)
        .setLabel("ham")
        .setLabeledAt(NOW)
        .setScores(List.of())
        .setActivation(new Activation("prefix", values))
        .setEvent(new EventPointer("t", 0, 0L))
        .build();
  }

  private static RolloutDecision decision(RolloutAction action, long seen) {
    return RolloutDecision.newBuilder()
        .setPipeline("p")
        .setVersion("v")
        .setAction(action)
        .setOutcome(GateOutcome.PASS)
        .setReason("")
        .setEvidence(List.of())
        .setExamplesSeen(seen)
        .setDecidedAt(NOW)
        .setBy("trainer")
        .build();
  }

  private static int[] byActivation(List<float[]> activations) {
    return activations.stream().mapToInt(each -> Math.round(each[0])).toArray();
  }

  @Test
  void totals_scoredAndJoined_pairEveryEventWithItsAnswers() {
    ledger.produced(0, 100);
    ledger.produced(1, 200);
    assertThat(ledger.scored("b", score("b", "v1", "spam"), 900)).isTrue();
    assertThat(ledger.scored("a", score("a", "v1", "spam"), 500)).isFalse();
    ledger.joined(List.of(example("b", 0), example("a", 0)), LedgerTest::byActivation);

    Totals totals = ledger.totals();

    assertThat(totals.counts()).isEqualTo(new Report.Counts(2, 2, 0, 0, 0, 0, 2));
    assertThat(totals.truth()).containsExactly(0, 1);
    assertThat(totals.live()).containsExactly(1, 1);
    assertThat(totals.frozen()).containsExactly(0, 0);
    assertThat(totals.waits()).containsExactly(400, 700);
    assertThat(totals.nanos()).isEqualTo(800);
    assertThat(ledger.progress().accuracyLive()).isEqualTo(0.5);
    assertThat(ledger.progress().accuracyFrozen()).isEqualTo(0.5);
  }

  @Test
  void joined_twice_countsOnce() {
    ledger.joined(List.of(example("a", 1)), LedgerTest::byActivation);
    ledger.joined(List.of(example("a", 0)), LedgerTest::byActivation);

    assertThat(ledger.progress().joined()).isEqualTo(1);
    assertThat(ledger.totals().frozen()).containsExactly(1, -1);
  }

  @Test
  void scored_duplicate_keepsTheFirstAnswer() {
    ledger.scored("a", score("a", "v1", "ham"), 1);
    ledger.scored("a", score("a", "v1", "spam"), 2);

    assertThat(ledger.totals().live()).containsExactly(0, -1);
    assertThat(ledger.totals().counts().duplicated()).isEqualTo(1);
    assertThat(ledger.totals().counts().lost()).isEqualTo(1);
  }

  @Test
  void behind_labelsReleased_isWhatTheTrainerHasNotDecidedOn() {
    ledger.released(250);
    assertThat(ledger.progress().behind()).isEqualTo(250);

    ledger.decided(decision(RolloutAction.REJECT, 250));
    assertThat(ledger.progress().behind()).isZero();
    assertThat(ledger.progress().settled()).isTrue();
  }

  @Test
  void settled_publishedButNotPromoted_isFalse() {
    ledger.decided(decision(RolloutAction.PUBLISH, 250));
    assertThat(ledger.progress().settled()).isFalse();

    ledger.decided(decision(RolloutAction.PROMOTE, 250));
    assertThat(ledger.progress().settled()).isTrue();
    assertThat(ledger.totals().trainings()).isEqualTo(1);
  }

  @Test
  void refusal_ofATrainingThatPublishedNothing_staysBehindOneThatDid() {
    assertThat(ledger.totals().refusal()).isNull();
    RolloutDecision rejected = decision(RolloutAction.REJECT, 250);
    ledger.decided(rejected);
    ledger.decided(decision(RolloutAction.PUBLISH, 500));
    assertThat(ledger.totals().refusal()).isEqualTo(rejected.getReason());
    assertThat(ledger.totals().trainings()).isEqualTo(2);
  }

  @Test
  void await_failure_endsTheWait() throws InterruptedException {
    ledger.failed(new IllegalStateException("broken"));

    assertThat(ledger.await(progress -> false, 10_000)).isFalse();
    assertThat(ledger.failure()).hasMessage("broken");
  }
}
