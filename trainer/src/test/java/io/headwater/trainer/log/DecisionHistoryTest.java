package io.headwater.trainer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.RolloutDecision;
import io.headwater.trainer.publish.Decisions;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionHistoryTest {
  private final Decisions decisions = new Decisions("mail", Clock.systemUTC());
  private final RolloutDecision published =
      decisions.published("new", "old", "better", List.of(), 250);

  @Test
  void undecided_publishedAlone_isFound() {
    assertThat(new DecisionHistory(List.of(published)).undecided("new")).contains(published);
    assertThat(new DecisionHistory(List.of(published)).undecided("other")).isEmpty();
  }

  @Test
  void undecided_promotedOrWithdrawnSince_isEmpty() {
    RolloutDecision promoted = decisions.promoted(published);
    RolloutDecision withdrawn = decisions.withdrawn(published, "late");
    assertThat(new DecisionHistory(List.of(published, promoted)).undecided("new")).isEmpty();
    assertThat(new DecisionHistory(List.of(published, withdrawn)).undecided("new")).isEmpty();
  }

  @Test
  void lastBy_others_areNotCounted() {
    RolloutDecision byHand = RolloutDecision.newBuilder(published).setBy("someone").build();
    DecisionHistory history = new DecisionHistory(List.of(published, byHand));
    assertThat(history.lastBy("trainer")).contains(published);
    assertThat(history.lastBy("nobody")).isEmpty();
  }
}
