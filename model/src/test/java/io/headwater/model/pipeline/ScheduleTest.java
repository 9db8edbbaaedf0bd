package io.headwater.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static Instant next(String line, String after) {
    return new Schedule(line).next(Instant.parse(after), ZoneOffset.UTC).orElseThrow();
  }

  @Test
  void next_ofALine_isTheFirstMomentBehind() {
    assertThat(next("0 3 * * *", "2026-02-28T03:00:00Z")).isEqualTo("2026-03-01T03:00:00Z");
    assertThat(next("*/15 * * * *", "2026-01-01T10:14:59Z")).isEqualTo("2026-01-01T10:15:00Z");
    // A Thursday; the next working day in the morning is Friday, then Monday.
    assertThat(next("30 6 * * 1-5", "2026-01-01T07:00:00Z")).isEqualTo("2026-01-02T06:30:00Z");
    assertThat(next("30 6 * * 1-5", "2026-01-02T07:00:00Z")).isEqualTo("2026-01-05T06:30:00Z");
  }

  @Test
  void next_inAnotherZone_followsItsSummerTime() {
    ZoneId vienna = ZoneId.of("Europe/Vienna");
    Schedule schedule = new Schedule("0 3 * * *");
    assertThat(schedule.next(Instant.parse("2026-01-10T12:00:00Z"), vienna))
        .contains(Instant.parse("2026-01-11T02:00:00Z"));
    assertThat(schedule.next(Instant.parse("2026-07-10T12:00:00Z"), vienna))
        .contains(Instant.parse("2026-07-11T01:00:00Z"));
  }

  @Test
  void next_ofADayThatNeverComes_isEmpty() {
    assertThat(
            new Schedule("0 0 30 2 *").next(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0 3 * *", "0 3 * * * *", "61 * * * *", "* 24 * * *", "nightly", "@daily"})
  void schedule_ofAnotherLine_isRefused(String line) {
    assertThatThrownBy(() -> new Schedule(line)).isInstanceOf(IllegalArgumentException.class);
  }
}
