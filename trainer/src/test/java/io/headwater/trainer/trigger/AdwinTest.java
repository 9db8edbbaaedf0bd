package io.headwater.trainer.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AdwinTest {
  private static final double DELTA = 0.002;

  /** Steps from the change on until it is found; -1 where it is not. */
  private static int delay(Adwin window, Random random, int steps, IntToDoubleFunction chance) {
    for (int i = 0; i < steps; i++) {
      double value = random.nextDouble() < chance.applyAsDouble(i) ? 1 : 0;
      if (window.add(value, i).isPresent()) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void add_theSameMeanForLong_raisesFewerFalseAlarmsThanAllowed() {
    int alarms = 0;
    int steps = 0;
    for (int seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      Adwin window = new Adwin(DELTA);
      for (int i = 0; i < 5_000; i++, steps++) {
        alarms += window.add(random.nextDouble() < 0.2 ? 1 : 0, i).isPresent() ? 1 : 0;
      }
    }
    assertThat((double) alarms / steps).isLessThan(DELTA / 10);
  }

  @Test
  void add_aMeanThatJumps_isFoundSoonWithBothMeans() {
    for (int seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      Adwin window = new Adwin(DELTA);
      assertThat(delay(window, random, 1_000, i -> 0.1)).isEqualTo(-1);
      assertThat(delay(window, random, 1_000, i -> 0.4)).isBetween(10, 150);
      for (int i = 0; i < 500; i++) {
        window.add(random.nextDouble() < 0.4 ? 1 : 0, i);
      }
      assertThat(window.mean()).isCloseTo(0.4, Offset.offset(0.06));
    }
  }

  @Test
  void add_aMeanThatCreeps_isFoundToo() {
    Random random = new Random(1);
    Adwin window = new Adwin(DELTA);
    assertThat(delay(window, random, 2_000, i -> 0.2)).isEqualTo(-1);
    assertThat(delay(window, random, 4_000, i -> 0.2 + 0.0001 * i)).isBetween(500, 3_000);
  }

  @Test
  void change_ofAJump_saysWhereItLiesAndWhatItWas() {
    Adwin window = new Adwin(DELTA);
    Optional<Adwin.Change> change = Optional.empty();
    for (int i = 0; i < 800 && change.isEmpty(); i++) {
      change = window.add(i < 512 ? 0.1 : 0.5, 1_000 + i);
    }
    Adwin.Change found = change.orElseThrow();
    assertThat(found.before()).isCloseTo(0.1, Offset.offset(0.01));
    assertThat(found.after()).isCloseTo(0.5, Offset.offset(0.01));
    assertThat(found.since()).isBetween(1_500L, 1_520L);
    assertThat(found.after() - found.before()).isGreaterThan(found.bound());
  }

  @Test
  void add_behindAJump_findsItOnce() {
    Adwin window = new Adwin(DELTA);
    int found = 0;
    for (int i = 0; i < 800; i++) {
      found += window.add(i < 512 ? 0.1 : 0.5, i).isPresent() ? 1 : 0;
    }
    assertThat(found).isEqualTo(1);
    assertThat(window.mean()).isCloseTo(0.5, Offset.offset(0.01));
  }

  @Test
  void add_manyNumbers_keepsCountAndMeanAndFewBuckets() {
    Adwin window = new Adwin(DELTA);
    for (int i = 0; i < 20_000; i++) {
      window.add(i % 2, i);
    }
    assertThat(window.count()).isEqualTo(20_000);
    assertThat(window.mean()).isCloseTo(0.5, Offset.offset(1e-9));
  }

  @Test
  void add_outsideItsRange_isRefused() {
    assertThatThrownBy(() -> new Adwin(DELTA).add(1.5, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Adwin(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
