package io.headwater.stream.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.featurise.Features;
import io.headwater.stream.score.Batch.Prepared;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LengthBatchesTest {
  private static List<Prepared> events(int... lengths) {
    List<Prepared> events = new ArrayList<>();
    for (int length : lengths) {
      Features features = new Features(new long[length]);
      events.add(
          new Prepared(
              PolledEvent.alone(null),
              new io.headwater.stream.ingest.Event("e", 0, false, null),
              features,
              null));
    }
    return events;
  }

  private static List<Integer> sizes(List<List<Prepared>> batches) {
    return batches.stream().map(List::size).toList();
  }

  private static long cost(List<List<Prepared>> batches) {
    return batches.stream()
        .mapToLong(
            batch ->
                (long) batch.size() * batch.get(batch.size() - 1).features().length()
                    + LengthBatches.RUN_TOKENS)
        .sum();
  }

  @Test
  void of_twoLengths_cutsBetweenThem() {
    int[] lengths = IntStream.range(0, 20).map(i -> i % 2 == 0 ? 5 : 30).toArray();
    assertThat(sizes(LengthBatches.of(events(lengths), 32))).containsExactly(10, 10);
  }

  @Test
  void of_oneLength_fillsBatches() {
    assertThat(sizes(LengthBatches.of(events(IntStream.range(0, 70).map(i -> 9).toArray()), 32)))
        .hasSize(3);
  }

  @Test
  void of_fewShortEvents_doesNotPayForRuns() {
    assertThat(sizes(LengthBatches.of(events(4, 6, 5), 32))).containsExactly(3);
  }

  @Test
  void of_eventsWithoutText_keepsTheirOrder() {
    List<Prepared> events = new ArrayList<>();
    Features row = new Features(new long[0][], new float[] {1}, new long[0]);
    for (int i = 0; i < 5; i++) {
      events.add(
          new Prepared(
              PolledEvent.alone(null),
              new io.headwater.stream.ingest.Event("e" + i, 0, false, null),
              row,
              null));
    }
    List<List<Prepared>> batches = LengthBatches.of(events, 2);
    assertThat(sizes(batches)).containsExactly(2, 2, 1);
    assertThat(batches.get(0).get(0).event().id()).isEqualTo("e0");
  }

  @Test
  void of_anyEvents_hasEachOnceAndCostsNoMoreThanFullBatches() {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      int max = 1 + random.nextInt(32);
      List<Prepared> events =
          events(random.ints(random.nextInt(300), 1, 1 + random.nextInt(128)).toArray());
      Set<Prepared> all = new HashSet<>(events);
      List<List<Prepared>> batches = LengthBatches.of(events, max);
      Set<Prepared> seen = new HashSet<>();
      for (List<Prepared> batch : batches) {
        assertThat(batch).hasSizeBetween(1, max);
        batch.forEach(event -> assertThat(seen.add(event)).isTrue());
      }
      assertThat(seen).isEqualTo(all);
      List<List<Prepared>> full = new ArrayList<>();
      for (int from = 0; from < events.size(); from += max) {
        full.add(events.subList(from, Math.min(from + max, events.size())));
      }
      assertThat(cost(batches)).isLessThanOrEqualTo(cost(full));
    }
  }
}
