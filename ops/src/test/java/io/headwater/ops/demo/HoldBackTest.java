package io.headwater.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class HoldBackTest {
  /** Says which waits would have had to wait. */
  private static final class Noted implements HoldBack.Waiting {
    private Progress progress = at(0, 0, 0, 0, true);
    private final List<String> waited = new ArrayList<>();

    @Override
    public void until(Predicate<Progress> reached, String what) {
      if (!reached.test(progress)) {
        waited.add(what);
      }
    }

    @Override
    public void untilSwapped() {
      waited.add("swapped");
    }
  }

  private static Progress at(
      int produced, long answered, int released, long examplesSeen, boolean settled) {
    return new Progress(
        1000, produced, answered, 0, released, 0, examplesSeen, settled, null, null, 0, 0, 0);
  }

  private final Noted noted = new Noted();
  private final HoldBack pace = new HoldBack(noted, 100, 50);

  @Test
  void beforeEvent_trainerHasDecidedOnEveryFullBatch_goesOn() throws InterruptedException {
    noted.progress = at(399, 399, 299, 200, true);

    pace.beforeEvent(399);

    assertThat(noted.waited).containsExactly("swapped");
  }

  @Test
  void beforeEvent_aFullBatchIsUndecided_waitsForTheTrainer() throws InterruptedException {
    noted.progress = at(400, 400, 300, 200, true);

    pace.beforeEvent(400);

    assertThat(noted.waited).containsExactly("the trainer has decided", "swapped");
  }

  @Test
  void beforeEvent_publishedButNotPromoted_waitsForTheTrainer() throws InterruptedException {
    noted.progress = at(400, 400, 300, 300, false);

    pace.beforeEvent(400);

    assertThat(noted.waited).containsExactly("the trainer has decided", "swapped");
  }

  @Test
  void beforeEvent_tooManyUnanswered_waitsForScores() throws InterruptedException {
    noted.progress = at(80, 30, 0, 0, true);

    pace.beforeEvent(80);

    assertThat(noted.waited).containsExactly("events are scored", "swapped");
  }

  @Test
  void beforeLabel_theOneThatCompletesABatch_waitsForEveryScore() throws InterruptedException {
    noted.progress = at(400, 399, 299, 200, true);

    pace.beforeLabel(298);
    assertThat(noted.waited).isEmpty();
    pace.beforeLabel(299);
    assertThat(noted.waited).containsExactly("events are scored");
  }
}
