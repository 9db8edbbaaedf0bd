package io.headwater.stream.score;

import static io.headwater.stream.TestPipelines.CLOCK;
import static io.headwater.stream.TestPipelines.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Stage;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.stream.FakeScoring;
import io.headwater.stream.TestPipelines;
import io.headwater.stream.ingest.EventReader;
import io.headwater.stream.ingest.TimeBounds;
import io.headwater.stream.meter.ScorerMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class EventScorerTest {
  private final FakeScoring model = new FakeScoring();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private EventScorer scorer(int chunk, int batch) {
    return scorer(new ScoringSettings(chunk, batch, Duration.ofSeconds(10)));
  }

  private EventScorer scorer(ScoringSettings settings) {
    return scorer(settings, model, unneeded -> {}, registry);
  }

  /**
   * One whose events are reviews.
   *
   * @param ahead runs what is not needed yet
   */
  static EventScorer scorer(
      ScoringSettings settings, FakeScoring model, Executor ahead, MeterRegistry registry) {
    Pipeline.Event rules = TestPipelines.reviews().event();
    return new EventScorer(
        new EventReader(rules, new JsonEvents(rules.maxBytes()), new TimeBounds(rules, CLOCK)),
        model::lease,
        settings,
        ahead,
        new ScorerMeters(registry),
        CLOCK);
  }

  /** Reviews e0, e1 and so on that one poll returned. */
  static List<PolledEvent> poll(String... texts) {
    Poll poll = new Poll(new RunLength());
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

  static String id(Verdict verdict) {
    return ((Verdict.Answer) verdict).event().id();
  }

  @Test
  void verdict_ofOneEvent_decidesItsSuccessorsUnderOneLease() {
    List<PolledEvent> events = poll("ccc", "a", "bb", "dddd");
    EventScorer scorer = scorer(100, 4);
    assertThat(id(scorer.verdict(events.get(0)))).isEqualTo("e0");
    assertThat(events).allMatch(event -> event.chunk() == events.get(0).chunk());
    assertThat(model.leases).isOne();
    assertThat(model.open).isZero();
    assertThat(model.batches).containsExactly(4);
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
      assertThat(answer.served().scored().activation()[0]).isEqualTo(texts[i].length());
      assertThat(answer.served().decision()).isEqualTo(texts[i].length() >= 10 ? "good" : "bad");
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
    String[] texts = new String[32];
    Arrays.fill(texts, "text");
    List<PolledEvent> events = poll(texts);
    EventScorer scorer = scorer(100, 4);
    List<String> versions =
        events.stream().map(e -> ((Verdict.Answer) scorer.verdict(e)).served().version()).toList();
    assertThat(model.batches).startsWith(4, 4);
    assertThat(versions.subList(0, 8)).containsOnly("v1");
    assertThat(versions.subList(8, 32)).containsOnly("v2");
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
            unneeded -> {},
            new ScorerMeters(registry),
            CLOCK);
    PolledEvent event = poll("a").get(0);
    assertThatThrownBy(() -> scorer.verdict(event)).hasMessageContaining("no version is in force");
    assertThatThrownBy(event::verdict).hasMessageContaining("not decided yet");
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

  private double counted(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  private static List<String> versions(List<Verdict.Given> given) {
    return given.stream().map(Verdict.Given::version).toList();
  }

  private static Verdict.Answer answer(Verdict verdict) {
    return (Verdict.Answer) verdict;
  }

  @Test
  void verdict_withShadows_servesTheChampionAndGivesTheirsBeside() {
    model.challengers.add(FakeScoring.member(Stage.SHADOW, "s1"));
    model.challengers.add(FakeScoring.member(Stage.SHADOW, "s2"));
    List<PolledEvent> events = poll("a", "bb", "ccc");
    EventScorer scorer = scorer(100, 32);
    for (PolledEvent event : events) {
      Verdict.Answer answer = answer(scorer.verdict(event));
      assertThat(answer.served().version()).isEqualTo("v1");
      assertThat(answer.served().stage()).isEqualTo(Stage.PRODUCTION);
      assertThat(versions(answer.beside())).containsExactly("s1", "s2");
    }
    assertThat(model.asked).containsExactly(Set.of("v1", "s1", "s2"));
    assertThat(counted("headwater.session.runs")).isEqualTo(4);
  }

  @Test
  void verdict_withACanary_isItsForItsKeysAndThePairGoesBeside() {
    Member canary = FakeScoring.member(Stage.CANARY, "c");
    model.challengers.add(canary);
    model.challengers.add(FakeScoring.member(Stage.SHADOW, "s"));
    String[] texts = new String[40];
    Arrays.fill(texts, "text");
    EventScorer scorer = scorer(100, 32);
    Set<String> served = new HashSet<>();
    for (PolledEvent event : poll(texts)) {
      Verdict.Answer answer = answer(scorer.verdict(event));
      boolean chosen = new CanaryKeys().choose(List.of(canary), null, answer.event().id()) != null;
      assertThat(answer.served().version()).isEqualTo(chosen ? "c" : "v1");
      assertThat(versions(answer.beside()))
          .containsExactlyElementsOf(chosen ? List.of("v1", "s") : List.of("s"));
      served.add(answer.served().version());
    }
    assertThat(served).containsExactlyInAnyOrder("c", "v1");
    assertThat(model.asked).contains(Set.of("v1", "s"), Set.of("v1", "c", "s"));
  }

  @Test
  void verdict_whenAShadowFails_isTheChampionsAndTheFailureIsCounted() {
    model.challengers.add(FakeScoring.member(Stage.SHADOW, "failing"));
    model.challengers.add(FakeScoring.member(Stage.SHADOW, "infinite"));
    model.challengers.add(FakeScoring.member(Stage.SHADOW, "apart"));
    model.challengers.add(FakeScoring.member(Stage.SHADOW, "sound"));
    model.failing.add("failing");
    model.notFinite.add("infinite");
    model.readingApart.add("apart");
    List<PolledEvent> events = poll("odd", "even");
    EventScorer scorer = scorer(100, 32);
    Verdict.Answer odd = answer(scorer.verdict(events.get(0)));
    Verdict.Answer even = answer(scorer.verdict(events.get(1)));
    assertThat(odd.served().version()).isEqualTo("v1");
    assertThat(versions(odd.beside())).containsExactly("sound");
    assertThat(versions(even.beside())).containsExactly("apart", "sound");
    assertThat(counted("headwater.shadow.failed", "reason", "inference")).isEqualTo(2);
    assertThat(counted("headwater.shadow.failed", "reason", "not-finite")).isEqualTo(2);
    assertThat(counted("headwater.shadow.failed", "reason", "feature")).isEqualTo(1);
    assertThat(counted("headwater.batches.split")).isZero();
    assertThat(model.batches).containsExactly(2, 1);
  }

  @Test
  void verdict_ofAnEventThatNobodyScores_isNoFailureOfTheShadows() {
    model.challengers.add(FakeScoring.member(Stage.SHADOW, "s"));
    List<PolledEvent> events = poll("one", "poison", "three");
    EventScorer scorer = scorer(100, 32);
    assertThat(reason(scorer.verdict(events.get(1)))).isEqualTo(DeadLetterReason.INFERENCE);
    assertThat(versions(answer(scorer.verdict(events.get(2))).beside())).containsExactly("s");
    assertThat(counted("headwater.shadow.failed", "reason", "inference")).isZero();
  }

  @Test
  void verdict_whenTheCanaryFails_isTheChampions() {
    model.challengers.add(new Member(Stage.CANARY, "c", 1, "salt", Instant.EPOCH));
    model.failing.add("c");
    Verdict.Answer answer = answer(scorer(100, 32).verdict(poll("a").get(0)));
    assertThat(answer.served().version()).isEqualTo("v1");
    assertThat(answer.served().stage()).isEqualTo(Stage.PRODUCTION);
    assertThat(answer.beside()).isEmpty();
    assertThat(counted("headwater.canary.failed", "reason", "inference")).isEqualTo(1);
  }

  @Test
  void verdict_whenTheChampionFailsACanarysEvent_isTheCanarys() {
    model.challengers.add(new Member(Stage.CANARY, "c", 1, "salt", Instant.EPOCH));
    model.failing.add("v1");
    List<PolledEvent> events = poll("a", "b");
    EventScorer scorer = scorer(100, 32);
    for (PolledEvent event : events) {
      Verdict.Answer answer = answer(scorer.verdict(event));
      assertThat(answer.served().version()).isEqualTo("c");
      assertThat(answer.beside()).isEmpty();
    }
    model.challengers.clear();
    assertThat(reason(scorer.verdict(poll("a").get(0)))).isEqualTo(DeadLetterReason.INFERENCE);
  }

  @Test
  void verdict_ofEventsThatWaitedTooLong_shedsTheShadowsAlone() {
    model.challengers.add(new Member(Stage.CANARY, "c", 1, "salt", Instant.EPOCH));
    model.challengers.add(FakeScoring.member(Stage.SHADOW, "s1"));
    model.challengers.add(FakeScoring.member(Stage.SHADOW, "s2"));
    ScoringSettings settings =
        new ScoringSettings(100, 32, Duration.ofSeconds(10))
            .withSheddingAfter(Duration.ofSeconds(30));
    EventScorer scorer = scorer(settings);
    PolledEvent fresh = waited(Duration.ofSeconds(30));
    PolledEvent late = waited(Duration.ofSeconds(31));
    assertThat(versions(answer(scorer.verdict(fresh)).beside())).containsExactly("v1", "s1", "s2");
    assertThat(counted("headwater.shadow.shed")).isZero();
    assertThat(versions(answer(scorer.verdict(late)).beside())).containsExactly("v1");
    assertThat(answer(scorer.verdict(late)).served().version()).isEqualTo("c");
    assertThat(counted("headwater.shadow.shed")).isEqualTo(2);
  }

  /** An event that the broker stamped some time ago. */
  private static PolledEvent waited(Duration since) {
    String json = "{\"id\":\"e\",\"at\":" + NOW.toEpochMilli() + ",\"text\":\"a\"}";
    return new Poll(new RunLength())
        .add(
            new ConsumerRecord<>(
                "t",
                0,
                0,
                NOW.minus(since).toEpochMilli(),
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                new byte[0],
                json.getBytes(UTF_8),
                new RecordHeaders(),
                Optional.empty()));
  }
}
