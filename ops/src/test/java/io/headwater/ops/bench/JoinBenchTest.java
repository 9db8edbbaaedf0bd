package io.headwater.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class JoinBenchTest {
  @Test
  void run_inAnyOrder_endsWithTheExpectedExamples() {
    JoinReport report = new JoinBench(3_000, 2_000, 4, 7, 4).run();
    assertThat(report.expected()).isGreaterThan(500);
    assertThat(report.orders()).hasSize(4).allMatch(order -> order.orphans() > 10);
    assertThat(report.differing()).isZero();
    assertThat(report.stateBytesPerMillionEvents()).isGreaterThan(100_000_000);
    assertThat(report.pointerBytesPerMillionEvents())
        .isBetween(100_000_000L, report.stateBytesPerMillionEvents() - 12_000_000);
  }

  @Test
  void differing_countsWhatIsOther_missingOrTooMuch() {
    assertThat(JoinBench.differing(Map.of("a", "x", "b", "y"), Map.of("a", "z", "c", "y")))
        .isEqualTo(3);
  }
}
