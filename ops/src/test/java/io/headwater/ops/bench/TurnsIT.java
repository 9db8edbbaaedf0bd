package io.headwater.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ops.UserError;
import io.headwater.ops.broker.BrokerProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsIT {
  private static final List<Contender> TWO = List.of(Contender.PASSTHROUGH, Contender.HEADWATER);

  private static List<Measured> run(int events, int warmUp) throws InterruptedException {
    try (Scratch scratch = Scratch.open();
        LocalRegistry registry = new LocalRegistry();
        BrokerProcess broker = scratch.broker()) {
      Workload workload = Workloads.avroNumbers(events, registry.address());
      return new ScoringBench(broker, workload, 1, scratch.path(), line -> {})
          .run(TWO, 1, new TurnPlan(Duration.ofSeconds(1), warmUp, 2));
    }
  }

  @Test
  void turns_ofTwoContenders_areMeasuredForEach_withAnAnswerToEachEventRead() throws Exception {
    assertThat(run(1_500_000, 4))
        .hasSize(4)
        .allSatisfy(one -> assertThat(one.eventsPerSecond()).isPositive())
        .allSatisfy(one -> assertThat(one.cpuSecondsPerMillion()).isPositive())
        .extracting(Measured::contender)
        .containsExactly(
            Contender.PASSTHROUGH, Contender.PASSTHROUGH, Contender.HEADWATER, Contender.HEADWATER);
  }

  @Test
  void events_thatRunOut_areAskedForWithTheNumberThatIsNeeded() {
    assertThatThrownBy(() -> run(5_000, 8))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no event left after")
        .hasMessageContaining("of 10 turns");
  }
}
