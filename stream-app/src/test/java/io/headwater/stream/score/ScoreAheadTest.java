package io.headwater.stream.score;

import static io.headwater.stream.score.EventScorerTest.id;
import static io.headwater.stream.score.EventScorerTest.poll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.stream.FakeScoring;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** An {@link EventScorer} whose polls are all long enough to decide parts of them ahead. */
class ScoreAheadTest {
  private final FakeScoring model = new FakeScoring();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  /** What is to be decided ahead, by nobody unless a test does. */
  private final Queue<Runnable> ahead = new ArrayDeque<>();

  private EventScorer eager(int chunk, int batch) {
    return EventScorerTest.scorer(
        new ScoringSettings(chunk, batch, Duration.ofSeconds(10)).withAheadFrom(Duration.ZERO),
        model,
        ahead::add,
        registry);
  }

  @Test
  void verdict_ofAChunk_letsAnotherThreadDecideTheNext() {
    List<PolledEvent> events = poll("a", "b", "c", "d");
    EventScorer scorer = eager(2, 2);
    assertThat(id(scorer.verdict(events.get(0)))).isEqualTo("e0");
    assertThat(model.leases).isOne();
    ahead.remove().run();
    assertThat(model.leases).isEqualTo(2);
    for (int i = 0; i < 4; i++) {
      assertThat(id(scorer.verdict(events.get(i)))).isEqualTo("e" + i);
    }
    assertThat(model.leases).isEqualTo(2);
    assertThat(ahead).isEmpty();
  }

  @Test
  void verdict_whereNobodyWorkedAhead_decidesItself() {
    List<PolledEvent> events = poll("a", "b", "c", "d", "e");
    EventScorer scorer = eager(2, 2);
    for (int i = 0; i < 5; i++) {
      assertThat(id(scorer.verdict(events.get(i)))).isEqualTo("e" + i);
    }
    ahead.forEach(Runnable::run);
    assertThat(model.leases).isEqualTo(3);
    assertThat(model.batches).containsExactly(2, 2, 1);
  }

  @Test
  void verdict_whenWorkAheadFailed_throwsForItsOwnEventsAlone() {
    List<PolledEvent> events = poll("a", "b", "c", "d");
    EventScorer scorer = eager(2, 2);
    assertThat(id(scorer.verdict(events.get(0)))).isEqualTo("e0");
    model.whenScoring =
        () -> {
          throw new UnsatisfiedLinkError("native");
        };
    ahead.remove().run();
    assertThat(id(scorer.verdict(events.get(1)))).isEqualTo("e1");
    assertThatThrownBy(() -> scorer.verdict(events.get(2)))
        .isInstanceOf(UnsatisfiedLinkError.class);
    assertThat(model.open).isZero();
  }

  @Test
  void verdict_whileAnotherThreadIsAtTheChunk_decidesTheNext() throws Exception {
    List<PolledEvent> events = poll("a", "b", "c", "d", "e", "f");
    EventScorer scorer = eager(2, 2);
    Verdict unused = scorer.verdict(events.get(0));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    model.whenScoring =
        () -> {
          if (begun.getCount() > 0) {
            begun.countDown();
            awaitUninterruptibly(go);
          } else {
            go.countDown();
          }
        };
    Thread other = new Thread(ahead.remove());
    other.start();
    begun.await();
    assertThat(id(scorer.verdict(events.get(2)))).isEqualTo("e2");
    other.join();
    assertThat(model.batches).containsExactly(2, 2, 2);
    assertThat(id(scorer.verdict(events.get(4)))).isEqualTo("e4");
    assertThat(model.leases).isEqualTo(3);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void verdict_ofALongPoll_cutsItSoThatWorkCanBeAhead() {
    String[] texts = new String[40];
    Arrays.fill(texts, "text");
    List<PolledEvent> events = poll(texts);
    EventScorer scorer = eager(100, 4);
    events.forEach(scorer::verdict);
    assertThat(model.leases).isEqualTo(5);
    assertThat(registry.get("headwater.chunk.size").summary().max()).isEqualTo(10);
  }

  @Test
  void verdict_ofAPollThatFitsOneBatch_leavesHalfOfItToAnotherThread() {
    List<PolledEvent> events = poll("a", "b", "c", "d", "e");
    EventScorer scorer = eager(100, 32);
    events.forEach(scorer::verdict);
    assertThat(model.batches).containsExactly(3, 2);
    assertThat(ahead).hasSize(1);
  }
}
