package io.headwater.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.Evidence;
import io.headwater.schemas.GateOutcome;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123456Z");
  private final Decisions decisions = new Decisions("mail", Clock.fixed(NOW, ZoneOffset.UTC));

  private RolloutDecision published() {
    return decisions.published(
        "new", "old", "better", List.of(new Measure("b", 2), new Measure("a", 1)), 250);
  }

  @Test
  void published_holdsSortedEvidenceAndWhatWasSeen() {
    RolloutDecision decision = published();
    assertThat(decision.getEvidence())
        .containsExactly(new Evidence("a", 1.0), new Evidence("b", 2.0));
    assertThat(decision.getExamplesSeen()).isEqualTo(250);
    assertThat(decision.getDecidedAt()).isEqualTo(Instant.parse("2026-01-01T00:00:00.123Z"));
    assertThat(decision.getBy()).isEqualTo("trainer");
    assertThat(decision.getAction()).isEqualTo(RolloutAction.PUBLISH);
  }

  @Test
  void promoted_restsOnTheSameEvidence() {
    RolloutDecision promoted = decisions.promoted(published());
    assertThat(promoted.getAction()).isEqualTo(RolloutAction.PROMOTE);
    assertThat(promoted.getOutcome()).isEqualTo(GateOutcome.PASS);
    assertThat(promoted.getEvidence()).isEqualTo(published().getEvidence());
    assertThat(promoted.getChampion()).isEqualTo("old");
  }

  @Test
  void withdrawn_saysWhy() {
    RolloutDecision withdrawn = decisions.withdrawn(published(), "production moved on");
    assertThat(withdrawn.getAction()).isEqualTo(RolloutAction.REJECT);
    assertThat(withdrawn.getOutcome()).isEqualTo(GateOutcome.FAIL);
    assertThat(withdrawn.getReason()).isEqualTo("production moved on");
    assertThat(withdrawn.getExamplesSeen()).isEqualTo(250);
  }
}
