package io.headwater.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.OffsetRange;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReadCountTest {
  private static final TopicPartition FIRST = new TopicPartition("p.examples", 0);
  private static final TopicPartition SECOND = new TopicPartition("p.examples", 1);

  private final ReadCount count =
      new ReadCount(Map.of(FIRST, 5L, SECOND, 0L), Map.of(FIRST, 10L, SECOND, 0L), 12);

  @Test
  void read_goesOnFromWhereItWasDecided() {
    count.read(FIRST, 10);
    count.read(FIRST, 13);
    assertThat(count.seen()).isEqualTo(14);
    assertThat(count.sinceTraining()).isEqualTo(2);
    assertThat(count.next()).containsEntry(FIRST, 14L).containsEntry(SECOND, 0L);
    assertThat(count.ranges())
        .containsExactly(
            new OffsetRange("p.examples", 0, 5L, 14L), new OffsetRange("p.examples", 1, 0L, 0L));
  }

  @Test
  void trained_startsCountingAnewAndForgetsNothingSeen() {
    count.read(FIRST, 10);
    count.read(SECOND, 0);
    count.trained();
    assertThat(count.sinceTraining()).isZero();
    assertThat(count.seen()).isEqualTo(14);
  }

  @Test
  void ends_ofWhatWasRead_areWhereTheNextReadingBegins() {
    count.read(FIRST, 13);
    assertThat(ReadCount.ends(count.ranges())).isEqualTo(count.next());
  }
}
