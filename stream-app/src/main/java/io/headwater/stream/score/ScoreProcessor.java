package io.headwater.stream.score;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import io.headwater.schemas.headers.DeadLetter;
import io.headwater.schemas.headers.HeaderNames;
import io.headwater.stream.held.HeldScore;
import io.headwater.stream.ingest.Rejection;
import io.headwater.stream.meter.ScorerMeters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Sends each event on as its score and, slim, to the join; or as a dead letter: each to the node
 * that {@link ScoreOutcome} names, as asking all three would cost more than scoring a row of
 * numbers.
 */
public final class ScoreProcessor
    extends ContextualFixedKeyProcessor<byte[], PolledEvent, ScoreOutcome> {
  private static final Stage STAGE = Stage.PRODUCTION;

  /** A producer that sets timestamps longer ago has not sent the event then. */
  private static final long BELIEVED_LAG_MILLIS = Duration.ofDays(7).toMillis();

  private final EventScorer scorer;
  private final boolean timedByRecord;
  private final boolean joined;
  private final ScorerMeters meters;

  /**
   * Makes a processor for one task.
   *
   * @param timedByRecord whether the record's timestamp is the event time; where it is not, it
   *     tells how long the event waited for its score
   * @param joined whether scores go to the join, too
   */
  public ScoreProcessor(
      EventScorer scorer, boolean timedByRecord, boolean joined, ScorerMeters meters) {
    this.scorer = scorer;
    this.timedByRecord = timedByRecord;
    this.joined = joined;
    this.meters = meters;
  }

  @Override
  public void process(FixedKeyRecord<byte[], PolledEvent> record) {
    PolledEvent event = record.value();
    Verdict verdict = scorer.verdict(event);
    if (verdict instanceof Verdict.Answer answer) {
      boolean probe = record.headers().lastHeader(HeaderNames.PROBE) != null;
      meters.scored(probe);
      if (answer.event().clamped()) {
        meters.clamped();
      }
      meters.eventTimeLag(Duration.ofMillis(answer.scoredAt() - answer.event().time()));
      meterLag(event, answer);
      give(record, answer);
      if (joined && !probe) {
        join(record, answer);
      }
    } else if (verdict instanceof Verdict.Refused refused) {
      refuse(record, refused.rejection());
    }
  }

  private void meterLag(PolledEvent event, Verdict.Answer answer) {
    long lag = Math.max(0, answer.scoredAt() - event.timestamp());
    boolean told = event.appendTime() || (!timedByRecord && lag < BELIEVED_LAG_MILLIS);
    if (told) {
      meters.lag(Duration.ofMillis(lag));
    }
  }

  private void give(FixedKeyRecord<byte[], PolledEvent> record, Verdict.Answer answer) {
    Score score =
        Score.newBuilder()
            .setEventId(answer.event().id())
            .setEventTime(Instant.ofEpochMilli(answer.event().time()))
            .setVersion(answer.version())
            .setStage(STAGE)
            .setDecision(answer.decision())
            .setProbabilities(boxed(answer.scored().probabilities()))
            .setScoredAt(Instant.ofEpochMilli(answer.scoredAt()))
            .build();
    Headers headers = HeaderNames.withoutOurs(record.headers());
    set(headers, HeaderNames.MODEL, answer.version());
    set(headers, HeaderNames.STAGE, STAGE.name().toLowerCase(Locale.ROOT));
    context()
        .forward(
            record
                .<ScoreOutcome>withValue(new ScoreOutcome.Given(score))
                .withTimestamp(answer.event().time())
                .withHeaders(headers),
            ScoreOutcome.GIVEN);
  }

  private void join(FixedKeyRecord<byte[], PolledEvent> record, Verdict.Answer answer) {
    RecordMetadata at = context().recordMetadata().orElseThrow();
    HeldScore score =
        HeldScore.newBuilder()
            .setEventTime(answer.event().time())
            .setVersion(answer.version())
            .setStage(STAGE.name())
            .setDecision(answer.decision())
            .setProbabilities(boxed(answer.scored().probabilities()))
            .setScoredAt(answer.scoredAt())
            .setPrefix(answer.prefix())
            .setActivation(littleEndian(answer.scored().activation()))
            .setPartition(at.partition())
            .setOffset(at.offset())
            .build();
    context()
        .forward(
            record
                .<ScoreOutcome>withValue(new ScoreOutcome.ToJoin(answer.event().id(), score))
                .withTimestamp(answer.event().time())
                .withHeaders(new RecordHeaders()),
            ScoreOutcome.TO_JOIN);
  }

  private void refuse(FixedKeyRecord<byte[], PolledEvent> record, Rejection rejection) {
    meters.deadLetter(rejection.reason());
    RecordMetadata at = context().recordMetadata().orElseThrow();
    Headers headers =
        DeadLetter.headers(
            record.headers(),
            at.topic(),
            at.partition(),
            at.offset(),
            rejection.reason(),
            rejection.message());
    context()
        .forward(
            record
                .<ScoreOutcome>withValue(new ScoreOutcome.Dead(record.value().value()))
                .withTimestamp(context().currentSystemTimeMs())
                .withHeaders(headers),
            ScoreOutcome.DEAD);
  }

  private static void set(Headers headers, String name, String value) {
    headers.remove(name).add(name, value.getBytes(UTF_8));
  }

  private static List<Float> boxed(float[] values) {
    List<Float> boxed = new ArrayList<>(values.length);
    for (float value : values) {
      boxed.add(value);
    }
    return boxed;
  }

  private static ByteBuffer littleEndian(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
