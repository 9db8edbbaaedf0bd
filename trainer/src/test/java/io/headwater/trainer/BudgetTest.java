package io.headwater.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private long now;
  private long rested;

  private Budget budget(double share) {
    return new Budget(
        share,
        () -> rested > 900_000_000L,
        () -> now,
        nanos -> {
          now += nanos;
          rested += nanos;
        });
  }

  @Test
  void getAsBoolean_beforeEachStep_keepsStepsToTheirShare() {
    Budget budget = budget(0.25);
    for (int step = 0; step < 10; step++) {
      assertThat(budget.getAsBoolean()).isFalse();
      now += 20_000_000;
    }
    // Nothing was rested for before the first step.
    assertThat((double) rested).isCloseTo(9 * 3 * 20_000_000.0, Offset.offset(100.0));
  }

  @Test
  void getAsBoolean_cancelledWhileItRests_answersAfterAShortRestAtMost() {
    Budget budget = budget(0.01);
    assertThat(budget.getAsBoolean()).isFalse();
    now += 100_000_000;
    assertThat(budget.getAsBoolean()).isTrue();
    assertThat(rested).isLessThanOrEqualTo(950_000_000L);
  }
}
