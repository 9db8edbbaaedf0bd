package io.headwater.stream.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.schemas.Stage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanaryKeysTest {
  private static final int KEYS = 20_000;

  private final CanaryKeys keys = new CanaryKeys();

  private static Member canary(String version, double share, String salt) {
    return new Member(Stage.CANARY, version, share, salt, Instant.EPOCH);
  }

  private boolean isChosen(Member canary, int key) {
    return keys.choose(List.of(canary), ("key-" + key).getBytes(UTF_8), "id") != null;
  }

  private double share(Member canary) {
    int chosen = 0;
    for (int key = 0; key < KEYS; key++) {
      chosen += isChosen(canary, key) ? 1 : 0;
    }
    return chosen / (double) KEYS;
  }

  @Test
  void choose_share_isThatOfTheKeys() {
    for (double share : new double[] {0.01, 0.3, 0.5, 0.95}) {
      assertThat(share(canary("c", share, "salt"))).isCloseTo(share, within(0.015));
    }
    assertThat(share(canary("c", 1, "salt"))).isEqualTo(1);
  }

  @Test
  void choose_knownKeys_areTheSameForEver() {
    Member canary = canary("c", 0.3, "2026-06");
    StringBuilder chosen = new StringBuilder();
    for (int key = 0; key < 40; key++) {
      chosen.append(isChosen(canary, key) ? '#' : '.');
    }
    assertThat(chosen).hasToString("..##..#.##..............#..###.#...##...");
  }

  @Test
  void choose_largerShare_keepsItsKeys() {
    Member small = canary("c", 0.1, "salt");
    Member large = canary("c", 0.4, "salt");
    for (int key = 0; key < 1_000; key++) {
      assertThat(!isChosen(small, key) || isChosen(large, key)).isTrue();
    }
  }

  @Test
  void choose_twoOfOneSalt_takeKeysApart() {
    List<Member> two = List.of(canary("a", 0.3, "salt"), canary("b", 0.3, "salt"));
    int[] served = new int[3];
    for (int key = 0; key < KEYS; key++) {
      Member chosen = keys.choose(two, ("key-" + key).getBytes(UTF_8), "id");
      served[chosen == null ? 2 : two.indexOf(chosen)]++;
    }
    assertThat(served[0] / (double) KEYS).isCloseTo(0.3, within(0.015));
    assertThat(served[1] / (double) KEYS).isCloseTo(0.3, within(0.015));
  }

  @Test
  void choose_otherSalt_isAnotherChoice() {
    int both = 0;
    for (int key = 0; key < KEYS; key++) {
      both +=
          isChosen(canary("c", 0.5, "one"), key) && isChosen(canary("c", 0.5, "two"), key) ? 1 : 0;
    }
    assertThat(both / (double) KEYS).isCloseTo(0.25, within(0.015));
  }

  @Test
  void choose_withoutKey_goesByTheEventsId() {
    List<Member> canaries = List.of(canary("c", 0.5, "salt"));
    for (int i = 0; i < 50; i++) {
      String id = "id-" + i;
      Member byKey = keys.choose(canaries, id.getBytes(UTF_8), "other");
      assertThat(keys.choose(canaries, null, id)).isEqualTo(byKey);
      assertThat(keys.choose(canaries, new byte[0], id)).isEqualTo(byKey);
    }
    assertThat(keys.choose(List.of(), null, "id")).isNull();
  }
}
