package io.headwater.stream.score;

import static io.headwater.stream.TestPipelines.CLOCK;
import static io.headwater.stream.TestPipelines.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.Leases;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.SegmentTrie;
import io.headwater.schemas.Stage;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Chunks scored by the real runtime, with an encoder of eight words (an 8 x 4 embedding table). */
class LeasedScoringTest {
  private static final Pipeline PIPELINE = TestPipelines.reviews();

  private static LiveSet set(ModelPackage champion) {
    try (LoadedModel model = LoadedModel.load(champion)) {
      return new LiveSet(
          List.of(FakeScoring.member(Stage.PRODUCTION, model.version())),
          SegmentTrie.open(List.of(model)));
    }
  }

  private static EventScorer scorer(Leases<LiveSet> live) {
    return new EventScorer(
        new EventReader(
            PIPELINE.event(),
            new JsonEvents(PIPELINE.event().maxBytes()),
            new TimeBounds(PIPELINE.event(), CLOCK)),
        () -> LeasedScoring.of(live),
        new ScoringSettings(8, 3, Duration.ofSeconds(10)),
        Runnable::run,
        new ScorerMeters(new SimpleMeterRegistry()),
        CLOCK);
  }

  private static List<PolledEvent> poll(String... fields) {
    Poll poll = new Poll(new RunLength());
    List<PolledEvent> events = new ArrayList<>();
    for (String field : fields) {
      String json = "{\"id\":\"e\",\"at\":" + NOW.toEpochMilli() + "," + field + "}";
      events.add(poll.add(new ConsumerRecord<>("t", 0, 0, new byte[0], json.getBytes(UTF_8))));
    }
    return events;
  }

  @Test
  void verdict_ofAChunk_equalsThatOfEachEventAlone() {
    try (Leases<LiveSet> live = new Leases<>(LiveSet::close)) {
      live.swap(set(ToyVersions.version(7)));
      String[] fields = {
        "\"text\":\"good\"",
        "\"other\":1",
        "\"text\":\"very very bad film\"",
        "\"text\":\"\"",
        "\"text\":null",
        "\"text\":\"very good film\""
      };
      List<PolledEvent> together = poll(fields);
      for (int i = 0; i < fields.length; i++) {
        Verdict inChunk = scorer(live).verdict(together.get(i));
        Verdict alone = scorer(live).verdict(poll(fields[i]).get(0));
        if (inChunk instanceof Verdict.Answer answer) {
          assertThat(answer.served().scored().probabilities())
              .containsExactly(((Verdict.Answer) alone).served().scored().probabilities());
          assertThat(answer.served().scored().activation()).hasSize(4);
        } else {
          assertThat(((Verdict.Refused) inChunk).rejection().reason())
              .isEqualTo(DeadLetterReason.MISSING_FIELD);
          assertThat(alone).isEqualTo(inChunk);
        }
      }
    }
  }

  @Test
  void verdict_afterASwap_isTheNewVersions() {
    try (Leases<LiveSet> live = new Leases<>(LiveSet::close)) {
      EventScorer scorer = scorer(live);
      for (long seed = 7; seed < 9; seed++) {
        ModelPackage version = ToyVersions.version(seed);
        live.swap(set(version));
        Verdict verdict = scorer.verdict(poll("\"text\":\"good film\"").get(0));
        assertThat(((Verdict.Answer) verdict).served().version()).isEqualTo(version.version());
      }
    }
  }
}
