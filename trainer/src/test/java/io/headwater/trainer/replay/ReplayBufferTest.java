package io.headwater.trainer.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayBufferTest {
  private static ReplayExample example(int i, int revision, long labeledAt, int classIndex) {
    return new ReplayExample(
        "event-" + i, revision, labeledAt, 0, classIndex, 1, new float[] {i}, i % 3, i);
  }

  private static ReplayBuffer filled(List<ReplayExample> examples, long seed) {
    ReplayBuffer buffer = new ReplayBuffer(2, 20, 10, seed);
    examples.forEach(buffer::add);
    return buffer;
  }

  private static List<String> ids(ReplayBuffer buffer) {
    return buffer.select().stream().map(e -> e.eventId() + "/" + e.revision()).toList();
  }

  private static List<ReplayExample> stream(int size) {
    List<ReplayExample> stream = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      stream.add(example(i, 0, i / 7, i % 5 == 0 ? 1 : 0));
    }
    return stream;
  }

  @Test
  void select_fewerThanTheWindow_givesAllInLabelledOrder() {
    List<ReplayExample> few = List.of(example(1, 0, 30, 0), example(2, 0, 10, 1));
    assertThat(ids(filled(few, 1))).containsExactly("event-2/0", "event-1/0");
  }

  @Test
  void select_more_givesTheNewestAndABalancedSampleOfTheOlder() {
    List<ReplayExample> selected = filled(stream(200), 1).select();
    assertThat(selected).hasSize(30);
    assertThat(selected.subList(10, 30)).allMatch(e -> e.offset() >= 170);
    List<ReplayExample> older = selected.subList(0, 10);
    assertThat(older).filteredOn(e -> e.classIndex() == 0).hasSize(5);
    assertThat(older).filteredOn(e -> e.classIndex() == 1).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void select_anyArrivalOrder_givesTheSame(long order) {
    List<ReplayExample> shuffled = new ArrayList<>(stream(500));
    Collections.shuffle(shuffled, new Random(order));
    assertThat(ids(filled(shuffled, 1))).isEqualTo(ids(filled(stream(500), 1)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void select_correctionsInAnyArrivalOrder_givesTheSame(long order) {
    List<ReplayExample> all = new ArrayList<>(stream(300));
    for (int i = 0; i < 300; i += 60) {
      all.add(example(i, 1, 50, 1 - (i % 5 == 0 ? 1 : 0)));
    }
    String expected = ids(filled(all, 1)).toString();
    Collections.shuffle(all, new Random(order));
    assertThat(ids(filled(all, 1))).hasToString(expected);
  }

  @Test
  void select_otherSeed_samplesOthers() {
    assertThat(ids(filled(stream(500), 1))).isNotEqualTo(ids(filled(stream(500), 2)));
  }

  @Test
  void add_correction_replacesWhatItCorrects() {
    ReplayBuffer buffer = filled(stream(30), 1);
    buffer.add(example(5, 1, 100, 1));
    assertThat(ids(buffer)).contains("event-5/1").doesNotContain("event-5/0");
    assertThat(ids(buffer)).last().isEqualTo("event-5/1");
  }

  @Test
  void add_supersededLabelThatComesLate_isLeftOut() {
    ReplayBuffer buffer = new ReplayBuffer(2, 20, 10, 1);
    buffer.add(example(5, 2, 100, 1));
    buffer.add(example(5, 1, 90, 0));
    assertThat(ids(buffer)).containsExactly("event-5/2");
  }

  @Test
  void add_sameExampleTwice_countsOnce() {
    ReplayBuffer buffer = filled(stream(10), 1);
    stream(10).forEach(buffer::add);
    assertThat(buffer.size()).isEqualTo(10);
  }

  @Test
  void add_endlessly_holdsNoMoreThanTwiceWhatIsSelected() {
    assertThat(filled(stream(5000), 1).size()).isLessThanOrEqualTo(60);
  }

  /** A source that floods, one that tells half, and many that tell little. */
  private static List<ReplayExample> sourced(int size, long seed) {
    Random random = new Random(seed);
    List<ReplayExample> stream = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String source =
          i > size * 2 / 3 || random.nextInt(3) == 0
              ? "bot"
              : random.nextBoolean() ? "desk" : "user-" + random.nextInt(20);
      stream.add(
          new ReplayExample(
              "event-" + i,
              0,
              i / 5,
              0,
              random.nextInt(2),
              1,
              new float[] {i},
              i % 3,
              i,
              null,
              source,
              0,
              List.of()));
    }
    return stream;
  }

  private static ReplayBuffer capped(List<ReplayExample> examples, double cap) {
    ReplayBuffer buffer = new ReplayBuffer(2, new ReplayLimits(40, 20, cap), 3);
    examples.forEach(buffer::add);
    return buffer;
  }

  private static long of(String source, List<ReplayExample> selected) {
    return selected.stream().filter(example -> example.source().equals(source)).count();
  }

  @Test
  void select_cappedSource_fillsNoMoreThanItsShareAndOthersTakeItsPlace() {
    List<ReplayExample> stream = sourced(600, 1);
    assertThat(of("bot", capped(stream, 1).select())).as("without a cap").isGreaterThan(40);
    List<ReplayExample> selected = capped(stream, 0.3).select();
    assertThat(selected).hasSize(60);
    assertThat(of("bot", selected)).isEqualTo(18);
    assertThat(of("desk", selected)).isLessThanOrEqualTo(18);
    assertThat(selected.stream().filter(example -> example.source().equals("bot")))
        .as("the newest twelve of the window")
        .filteredOn(example -> example.offset() >= 588)
        .hasSize(12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.3, 0.5, 1})
  void select_cappedInAnyArrivalOrder_givesTheSame(double cap) {
    for (long order = 0; order < 40; order++) {
      List<ReplayExample> stream = sourced(100 + (int) order * 20, order);
      String expected = ids(capped(stream, cap)).toString();
      Collections.shuffle(stream, new Random(order));
      assertThat(ids(capped(stream, cap))).as("order %d", order).hasToString(expected);
    }
  }

  @Test
  void add_manySourcesEndlessly_holdsABoundedNumber() {
    List<ReplayExample> stream = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      stream.add(
          new ReplayExample(
              "e" + i,
              0,
              i,
              0,
              i % 2,
              1,
              new float[1],
              0,
              i,
              null,
              "source-" + i % 500,
              0,
              List.of()));
    }
    assertThat(capped(stream, 0.1).size()).isLessThanOrEqualTo(4 * 60);
  }

  @Test
  void within_moreThanTheBytes_cutsWindowAndSampleAlike() {
    ReplayLimits wanted = new ReplayLimits(3_000, 1_000, 1);
    assertThat(wanted.within(256 << 20, 384)).isEqualTo(wanted);
    assertThat(wanted.within(1 << 20, 384)).isEqualTo(new ReplayLimits(192, 65, 1));
  }
}
