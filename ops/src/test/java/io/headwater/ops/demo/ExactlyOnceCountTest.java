package io.headwater.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExactlyOnceCountTest {
  private final ExactlyOnceCount count = new ExactlyOnceCount(List.of("a", "b", "c"));

  @Test
  void scored_eachOnce_findsNothingWrong() {
    List.of("b", "c", "a").forEach(count::scored);

    assertThat(count.scored()).isEqualTo(3);
    assertThat(count.lost()).isZero();
    assertThat(count.duplicated()).isZero();
    assertThat(count.unknown()).isZero();
  }

  @Test
  void scored_oneLeftOut_countsItLost() {
    count.scored("a");
    count.scored("c");

    assertThat(count.lost()).isEqualTo(1);
  }

  @Test
  void scored_oneTwice_countsItDuplicatedAndNotForTheMissing() {
    List.of("a", "b", "b").forEach(count::scored);

    assertThat(count.duplicated()).isEqualTo(1);
    assertThat(count.lost()).isEqualTo(1);
    assertThat(count.scored()).isEqualTo(2);
  }

  @Test
  void scored_neverSent_isUnknown() {
    List.of("a", "b", "c", "d").forEach(count::scored);

    assertThat(count.unknown()).isEqualTo(1);
    assertThat(count.scored()).isEqualTo(3);
  }

  @Test
  void deadLettered_isAnAnswerButNoScore() {
    count.scored("a");
    count.scored("b");
    count.deadLettered("c");
    count.deadLettered("b");

    assertThat(count.lost()).isZero();
    assertThat(count.scored()).isEqualTo(2);
    assertThat(count.deadLettered()).isEqualTo(1);
    assertThat(count.duplicated()).isEqualTo(1);
  }

  @Test
  void create_equalIds_areRefused() {
    assertThatThrownBy(() -> new ExactlyOnceCount(List.of("a", "a")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
