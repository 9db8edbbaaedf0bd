package io.headwater.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.trainer.replay.ReplayExample;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExampleListTest {
  private static ReplayExample at(int partition, long offset) {
    return new ReplayExample("e", 0, 0, 0, 0, 1, new float[0], partition, offset);
  }

  @Test
  void bytes_anyOrder_listsPositionsAscending() {
    List<ReplayExample> some = List.of(at(1, 7), at(0, 10), at(0, 9));
    assertThat(ExampleList.bytes("p.examples", some))
        .asString()
        .isEqualTo("p.examples\n0:9\n0:10\n1:7\n");
  }
}
