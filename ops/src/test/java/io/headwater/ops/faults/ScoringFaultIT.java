package io.headwater.ops.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code headwater check faults}. */
class ScoringFaultIT {
  /** So many that scorers have runs of events in hand when they are killed. */
  private static final int RATE = 2000;

  @TempDir private Path work;

  @Test
  void scorersKilledAndStopped_everyEventIsScoredOnceByTheVersionItNames() throws Exception {
    List<Fault> faults = Fault.schedule(3, 1, 0, 0, 7);
    try (FaultRun run = new FaultRun(work, 7, RATE, line -> {})) {
      Verdict verdict = run.run(faults);

      assertThat(verdict.passed()).as(() -> verdict.toString()).isTrue();
      assertThat(verdict.sent()).isGreaterThan(1000);
      assertThat(run.swaps()).isGreaterThan(3);
    }
  }
}
