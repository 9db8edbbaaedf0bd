package io.headwater.stream.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.headers.HeaderNames;
import io.headwater.stream.FakeScoring;
import io.headwater.stream.TestPipelines;
import io.headwater.stream.meter.ScorerMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

class ScoreProcessorTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MockProcessorContext<byte[], ScoreOutcome> context = new MockProcessorContext<>();
  private final ScoreProcessor processor =
      new ScoreProcessor(
          EventScorerTest.scorer(
              new ScoringSettings(2, 2, Duration.ofSeconds(10)),
              new FakeScoring(),
              unneeded -> {},
              registry),
          ScoreProcessor.Joining.SCORE,
          TestPipelines.reviews().scores(),
          false,
          new ScorerMeters(registry));

  private Stream<Record<?, ?>> sentOn(String node) {
    return context.forwarded().stream()
        .filter(sent -> sent.childName().orElseThrow().equals(node))
        .map(sent -> sent.record());
  }

  @Test
  void process_ofARun_sendsEachOfItsEventsOn_asWhatItIs() {
    context.setCurrentSystemTimeMs(TestPipelines.NOW.toEpochMilli());
    processor.init(context);

    processor.process(
        new Record<>(
            new byte[0], new PolledRun(EventScorerTest.poll("one", "\\q", "three", "four")), 0));

    assertThat(sentOn(ScoreOutcome.GIVEN))
        .extracting(sent -> ((ScoreOutcome.Given) sent.value()).score().eventId())
        .containsExactly("e0", "e2", "e3");
    assertThat(sentOn(ScoreOutcome.TO_JOIN))
        .extracting(sent -> ((ScoreOutcome.ToJoin) sent.value()).score().getOffset())
        .containsExactly(0L, 2L, 3L);
    assertThat(sentOn(ScoreOutcome.DEAD))
        .extracting(
            sent -> new String(sent.headers().lastHeader(HeaderNames.ERROR_OFFSET).value(), UTF_8))
        .containsExactly("1");
  }
}
