package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class IntervalTest {
  @Test
  void ofShare_textbookCase_agrees() {
    // Newcombe (1998), table I: 81 of 263.
    Interval interval = Interval.ofShare(81, 263);
    assertThat(interval.low()).isCloseTo(0.2553, Offset.offset(1e-4));
    assertThat(interval.high()).isCloseTo(0.3662, Offset.offset(1e-4));
  }

  @Test
  void ofShare_noneSeen_staysAboveZeroWidth() {
    Interval interval = Interval.ofShare(0, 20);
    assertThat(interval.low()).isZero();
    assertThat(interval.high()).isBetween(0.1, 0.2);
  }

  @Test
  void ofPairedDifference_repeated_coversTheTruthAsOftenAsItSays() {
    Random random = new Random(11);
    int covered = 0;
    for (int round = 0; round < 2000; round++) {
      int first = 0;
      int second = 0;
      for (int i = 0; i < 250; i++) {
        double draw = random.nextDouble();
        first += draw < 0.12 ? 1 : 0;
        second += draw > 0.95 ? 1 : 0;
      }
      Interval interval = Interval.ofPairedDifference(first, second, 250);
      covered += interval.low() <= 0.07 && interval.high() >= 0.07 ? 1 : 0;
    }
    assertThat(covered / 2000.0).isBetween(0.935, 0.97);
  }
}
