package io.headwater.stream.score;

import static io.headwater.stream.TestPipelines.CLOCK;
import static io.headwater.stream.TestPipelines.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.stream.FakeScoring;
import io.headwater.stream.TestPipelines;
import io.headwater.stream.ingest.EventReader;
import io.headwater.stream.ingest.TimeBounds;
import io.headwater.stream.meter.ScorerMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class EventScorerTest {
  private final FakeScoring model = new FakeScoring();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private EventScorer scorer(int chunk, int batch) {
    Pipeline.Event rules = TestPipelines.reviews().event();
    return new EventScorer(
        new EventReader(rules, new JsonEvents(rules.maxBytes()), new TimeBounds(rules, CLOCK)),
        model::lease,
        new ScoringSettings(chunk, batch, Duration.ofSeconds(10)),
        new ScorerMeters(registry),
        CLOCK);
  }

  private static List<PolledEvent> poll(String... texts) {
    Poll poll = new Poll();
    List<PolledEvent> events = new ArrayList<>();
    for (int i = 0; i < texts.length; i++) {
      String json =
          "{\"id\":\"e" + i + "\",\"at\":" + NOW.toEpochMilli() + ",\"text\":\"" + texts[i] + "\"}";
      events.add(poll.add(new ConsumerRecord<>("t", 0, i, new byte[0], json.getBytes(UTF_8))));
    }
    return events;
  }

  private static DeadLetterReason reason(Verdict verdict) {
    return ((Verdict.Refused) verdict).rejection().reason();
  }

  private static String id(Verdict verdict) {
    return ((Verdict.Answer) verdict).event().id();
  }

  @Test
  void verdict_ofOneEvent_decidesItsSuccessorsUnderOneLease() {
    List<PolledEvent> events = poll("ccc", "a", "bb", "dddd");
    EventScorer scorer = scorer(100, 3);
    assertThat(id(scorer.verdict(events.get(0)))).isEqualTo("e0");
    assertThat(events).allMatch(PolledEvent::decided);
    assertThat(model.leases).isOne();
    assertThat(model.open).isZero();
    assertThat(model.batches).containsExactly(3, 1);
    for (int i = 0; i < 4; i++) {
      assertThat(id(scorer.verdict(events.get(i)))).isEqualTo("e" + i);
    }
    assertThat(model.leases).isOne();
  }

  @Test
  void verdict_ofEachEvent_isItsOwnAnswer() {
    String[] texts = {"long enough text", "a", "", "much longer than the others are"};
    List<PolledEvent> events = poll(texts);
    EventScorer scorer = scorer(100, 2);
    for (int i = 0; i < texts.length; i++) {
      Verdict.Answer answer = (Verdict.Answer) scorer.verdict(events.get(i));
      assertThat(answer.scored().activation()[0]).isEqualTo(texts[i].length());
      assertThat(answer.decision()).isEqualTo(texts[i].length() >= 10 ? "good" : "bad");
    }
  }

  @Test
  void verdict_whenABatchFails_refusesTheCulpritAlone() {
    List<PolledEvent> events = poll("one", "poison", "three", "four");
    EventScorer scorer = scorer(100, 32);
    assertThat(reason(scorer.verdict(events.get(1)))).isEqualTo(DeadLetterReason.INFERENCE);
    for (int i : new int[] {0, 2, 3}) {
      assertThat(id(scorer.verdict(events.get(i)))).isEqualTo("e" + i);
    }
    assertThat(registry.get("headwater.batches.split").counter().count()).isEqualTo(1);
  }

  @Test
  void verdict_ofUnfitEvents_leavesNeighboursScored() {
    List<PolledEvent> events = poll("nan", "fine");
    EventScorer scorer = scorer(100, 32);
    assertThat(reason(scorer.verdict(events.get(0)))).isEqualTo(DeadLetterReason.FEATURE);
    assertThat(id(scorer.verdict(events.get(1)))).isEqualTo("e1");
  }

  @Test
  void verdict_whenTheVersionChangesMidChunk_staysWithTheLeasedOne() {
    model.whenScoring = () -> model.version = "v2";
    List<PolledEvent> events = poll("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l");
    EventScorer scorer = scorer(100, 2);
    List<String> versions =
        events.stream().map(e -> ((Verdict.Answer) scorer.verdict(e)).version()).toList();
    assertThat(versions.subList(0, 8)).containsOnly("v1");
    assertThat(versions.subList(8, 12)).containsOnly("v2");
    assertThat(model.open).isZero();
  }

  @Test
  void verdict_ofAnEventWithoutPoll_isABatchOfOneAndCounted() {
    PolledEvent alone = PolledEvent.alone("{}".getBytes(UTF_8));
    assertThat(reason(scorer(10, 10).verdict(alone))).isEqualTo(DeadLetterReason.MISSING_FIELD);
    assertThat(registry.get("headwater.batches.of.one").tag("reason", "unpolled").counter().count())
        .isEqualTo(1);
  }

  @Test
  void verdict_withoutAVersion_throwsAndDecidesNothing() {
    Pipeline.Event rules = TestPipelines.reviews().event();
    EventScorer scorer =
        new EventScorer(
            new EventReader(rules, new JsonEvents(10), new TimeBounds(rules, CLOCK)),
            Optional::empty,
            new ScoringSettings(1, 1, Duration.ofSeconds(1)),
            new ScorerMeters(registry),
            CLOCK);
    PolledEvent event = poll("a").get(0);
    assertThatThrownBy(() -> scorer.verdict(event)).hasMessageContaining("no version is in force");
    assertThat(event.decided()).isFalse();
  }

  @Test
  void verdict_afterAnError_releasesTheLease() {
    model.whenScoring =
        () -> {
          throw new UnsatisfiedLinkError("native");
        };
    PolledEvent event = poll("a").get(0);
    assertThatThrownBy(() -> scorer(1, 1).verdict(event)).isInstanceOf(UnsatisfiedLinkError.class);
    assertThat(model.open).isZero();
  }

  @Test
  void pace_followsTheMeasuredSpeedAndStartsAgainWithAnotherVersion() {
    Pace pace = new Pace(256, Duration.ofMillis(500));
    assertThat(pace.size()).isEqualTo(8);
    for (int i = 0; i < 10; i++) {
      pace.took("v1", pace.size(), pace.size() * 1_000_000L);
    }
    assertThat(pace.size()).isEqualTo(256);
    pace.took("v1", 256, 256 * 100_000_000L);
    assertThat(pace.size()).isLessThan(16);
    for (int i = 0; i < 10; i++) {
      pace.took("v1", pace.size(), pace.size() * 2_000_000_000L);
    }
    assertThat(pace.size()).isOne();
    pace.took("v2", 1, 1000);
    assertThat(pace.size()).isEqualTo(16);
  }
}
