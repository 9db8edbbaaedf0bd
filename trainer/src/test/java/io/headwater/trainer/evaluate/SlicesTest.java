package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SlicesTest {
  @Test
  void of_moreValuesThanStandAlone_poolsTheRest_fieldByField() {
    List<List<String>> names =
        List.of(
            List.of("country=AT", "chip=true"),
            List.of("country=CH", "chip=true"),
            List.of("country=CH", "chip=false"),
            List.of("country=DE", "chip=true"),
            List.of("country=(other)", "chip=true"));
    assertThat(Slices.of(names, 1))
        .containsOnlyKeys("country=CH", "country=(other)", "chip=true", "chip=(other)")
        .containsEntry("country=CH", List.of(1, 2))
        .containsEntry("chip=(other)", List.of(2));
    assertThat(Slices.of(names, 1).get("country=(other)")).containsExactlyInAnyOrder(0, 3, 4);
  }

  @Test
  void name_ofWhatIsNoName_isThatOfTheOthers() {
    assertThat(Slices.name("f", null)).isEqualTo("f=(none)");
    assertThat(Slices.name("f", 12.5)).isEqualTo("f=12.5");
    assertThat(Slices.name("f", "a\nb")).isEqualTo("f=(other)");
    assertThat(Slices.name("f", "x".repeat(41))).isEqualTo("f=(other)");
  }
}
