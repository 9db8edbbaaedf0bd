package io.headwater.stream.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  @Test
  void size_followsTheMeasuredSpeedAndStartsAgainWithAnotherVersion() {
    Pace pace = new Pace(256, Duration.ofMillis(500));
    assertThat(pace.size()).isEqualTo(8);
    for (int i = 0; i < 10; i++) {
      pace.took("v1", pace.size(), pace.size() * 1_000_000L, 0);
    }
    assertThat(pace.size()).isEqualTo(256);
    pace.took("v1", 256, 256 * 100_000_000L, 0);
    assertThat(pace.size()).isLessThan(16);
    for (int i = 0; i < 10; i++) {
      pace.took("v1", pace.size(), pace.size() * 2_000_000_000L, 0);
    }
    assertThat(pace.size()).isOne();
    pace.took("v2", 1, 1000, 0);
    assertThat(pace.size()).isEqualTo(16);
  }

  @Test
  void size_ofLargeEvents_isHeldByTheirBytes() {
    Pace pace = new Pace(256, Duration.ofMillis(500));
    long picture = 3L * 224 * 224 * Float.BYTES;
    for (int i = 0; i < 10; i++) {
      pace.took("v1", pace.size(), pace.size() * 1000L, pace.size() * picture);
    }
    assertThat(pace.size()).isEqualTo((int) ((32L << 20) / picture));
    pace.took("v1", 1, 1000, 1L << 30);
    assertThat(pace.size()).isOne();
  }

  @Test
  void of_events_isWhatTheLastOnesTook() {
    Pace pace = new Pace(256, Duration.ofMillis(500));
    assertThat(pace.of(1000)).isZero();
    pace.took("v1", 8, 8_000, 0);
    assertThat(pace.of(1000)).isEqualTo(Duration.ofMillis(1));
  }
}
