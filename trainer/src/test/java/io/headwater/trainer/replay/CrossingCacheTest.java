package io.headwater.trainer.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.runtime.Crossing;
import org.junit.jupiter.api.Test;

class CrossingCacheTest {
  private static final Crossing TEN = Crossing.of(new float[10]);

  @Test
  void put_beyondTheBound_letsTheOneUnusedLongestGo() {
    CrossingCache cache = new CrossingCache(100);
    cache.put("p", "a", TEN);
    cache.put("p", "b", TEN);
    assertThat(cache.find("p", "a")).isSameAs(TEN);
    cache.put("p", "c", TEN);
    assertThat(cache.find("p", "b")).isNull();
    assertThat(cache.find("p", "a")).isNotNull();
    assertThat(cache.bytes()).isEqualTo(80);
  }

  @Test
  void put_again_countsOnce() {
    CrossingCache cache = new CrossingCache(100);
    cache.put("p", "a", TEN);
    cache.put("p", "a", TEN);
    assertThat(cache.bytes()).isEqualTo(40);
  }

  @Test
  void find_anotherPrefix_isAnotherCrossing() {
    CrossingCache cache = new CrossingCache(100);
    cache.put("p", "a", TEN);
    assertThat(cache.find("q", "a")).isNull();
  }

  @Test
  void put_largerThanTheBound_isNotHeld() {
    CrossingCache cache = new CrossingCache(39);
    cache.put("p", "a", TEN);
    assertThat(cache.find("p", "a")).isNull();
    assertThat(cache.bytes()).isZero();
  }
}
