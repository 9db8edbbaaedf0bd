package io.headwater.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearMissTest {
  @ParameterizedTest
  @CsvSource({"lables,labels", "Label,labels", "labelss,labels", "trainnig,training"})
  void of_slip_findsTheWord(String slip, String word) {
    assertThat(NearMiss.of(slip, List.of("labels", "training"))).contains(word);
  }

  @Test
  void of_otherWord_isEmpty() {
    assertThat(NearMiss.of("colour", List.of("labels", "training"))).isEmpty();
  }

  @Test
  void distance_swappedNeighbours_isOne() {
    assertThat(NearMiss.distance("maxAge", "maxgAe")).isEqualTo(1);
  }
}
