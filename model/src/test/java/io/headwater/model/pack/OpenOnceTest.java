package io.headwater.model.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenOnceTest {
  private final List<String> ended = new ArrayList<>();
  private final OpenOnce<String, String> resources = new OpenOnce<>(ended::add);

  @Test
  void open_ofAnEqualKey_sharesUntilTheLastCloses() {
    OpenOnce<String, String>.Hold first = resources.open("a", () -> "one");
    OpenOnce<String, String>.Hold second = resources.open("a", () -> "never made");
    assertThat(second.get()).isEqualTo("one");
    first.close();
    first.close();
    assertThat(ended).isEmpty();
    second.close();
    assertThat(ended).containsExactly("one");
    assertThat(resources.size()).isZero();
  }

  @Test
  void open_afterTheLastClosed_makesAnother() {
    resources.open("a", () -> "one").close();
    assertThat(resources.open("a", () -> "two").get()).isEqualTo("two");
    assertThat(ended).containsExactly("one");
  }

  @Test
  void open_whereMakingFails_leavesNothingOpen() {
    assertThatThrownBy(
            () ->
                resources.open(
                    "a",
                    () -> {
                      throw new IllegalStateException("broken");
                    }))
        .hasMessage("broken");
    assertThat(resources.size()).isZero();
    assertThat(resources.open("a", () -> "whole").get()).isEqualTo("whole");
    assertThat(ended).isEmpty();
  }
}
