package io.headwater.stream.score;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.pipeline.ScoreContents;
import io.headwater.schemas.Score;
import io.headwater.schemas.headers.DeadLetter;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.schemas.headers.HeaderNames;
import io.headwater.stream.held.HeldScore;
import io.headwater.stream.ingest.Rejection;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.PassedFields.Passed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Sends each event on as its score and, slim, to the join, with what other versions answered; or as
 * a dead letter: each to the node that {@link ScoreOutcome} names, as asking all of them would cost
 * more than scoring a row of numbers.
 */
public final class ScoreProcessor
    extends ContextualFixedKeyProcessor<byte[], PolledEvent, ScoreOutcome> {
  /** What of a score goes to the join. */
  public enum Joining {
    /** Nothing: no label is awaited. */
    NOTHING,
    /** The score; activations are recomputed where they are needed. */
    SCORE,
    /** The score and the activations that it was made from. */
    ACTIVATIONS
  }

  private static final float[] NO_ACTIVATION = {};

  private final EventScorer scorer;
  private final boolean timedByRecord;
  private final Joining joining;
  private final PassedFields passing;
  private final boolean embedding;
  private final boolean numbers;
  private final ScorerMeters meters;

  /**
   * Makes a processor for one task.
   *
   * @param timedByRecord whether the record's timestamp is the event time; where it is not, it
   *     tells how long the event waited for its score
   * @param joining what goes to the join
   * @param contents what a score carries besides
   * @param numbers whether versions answer a value, and not probabilities
   */
  public ScoreProcessor(
      EventScorer scorer,
      boolean timedByRecord,
      Joining joining,
      ScoreContents contents,
      boolean numbers,
      ScorerMeters meters) {
    this.scorer = scorer;
    this.timedByRecord = timedByRecord;
    this.joining = joining;
    this.passing = new PassedFields(contents);
    this.embedding = contents.embedding();
    this.numbers = numbers;
    this.meters = meters;
  }

  @Override
  public void process(FixedKeyRecord<byte[], PolledEvent> record) {
    PolledEvent event = record.value();
    Verdict verdict = scorer.verdict(event);
    if (verdict instanceof Verdict.Answer answer) {
      Passed passed = passing.of(answer.event().body());
      if (passed.bytes() > passing.maxBytes()) {
        refuse(record, tooMuch(passed));
        return;
      }
      meters.fieldsMissing(passed.missing());
      boolean probe = record.headers().lastHeader(HeaderNames.PROBE) != null;
      meters.scored(probe, answer.served().stage());
      if (answer.event().clamped()) {
        meters.clamped();
      }
      meters.eventTimeLag(Duration.ofMillis(answer.scoredAt() - answer.event().time()));
      Duration lag = event.lag(Instant.ofEpochMilli(answer.scoredAt()), timedByRecord);
      if (lag != null) {
        meters.lag(lag);
      }
      give(record, answer, answer.served(), passed, ScoreOutcome.Given::new, ScoreOutcome.GIVEN);
      for (Verdict.Given beside : answer.beside()) {
        meters.scoredBeside(beside.stage());
        give(record, answer, beside, passed, ScoreOutcome.Beside::new, ScoreOutcome.BESIDE);
      }
      if (joining != Joining.NOTHING && !probe) {
        join(record, answer, passed);
      }
    } else if (verdict instanceof Verdict.Refused refused) {
      refuse(record, refused.rejection());
    }
  }

  private void give(
      FixedKeyRecord<byte[], PolledEvent> record,
      Verdict.Answer answer,
      Verdict.Given given,
      Passed passed,
      Function<Score, ScoreOutcome> outcome,
      String node) {
    Score score =
        Score.newBuilder()
            .setEventId(answer.event().id())
            .setEventTime(Instant.ofEpochMilli(answer.event().time()))
            .setVersion(given.version())
            .setStage(given.stage())
            .setDecision(given.decision())
            .setProbabilities(probabilities(given))
            .setScoredAt(Instant.ofEpochMilli(answer.scoredAt()))
            .setValue(value(given))
            .setEmbedding(embedding(given))
            .setFields(passed.values())
            .build();
    Headers headers = HeaderNames.withoutOurs(record.headers());
    set(headers, HeaderNames.MODEL, given.version());
    set(headers, HeaderNames.STAGE, given.stage().name().toLowerCase(Locale.ROOT));
    context()
        .forward(
            record
                .<ScoreOutcome>withValue(outcome.apply(score))
                .withTimestamp(answer.event().time())
                .withHeaders(headers),
            node);
  }

  private void join(
      FixedKeyRecord<byte[], PolledEvent> record, Verdict.Answer answer, Passed passed) {
    RecordMetadata at = context().recordMetadata().orElseThrow();
    Verdict.Given served = answer.served();
    HeldScore score =
        HeldScore.newBuilder()
            .setEventTime(answer.event().time())
            .setVersion(served.version())
            .setStage(served.stage().name())
            .setDecision(served.decision())
            .setProbabilities(probabilities(served))
            .setScoredAt(answer.scoredAt())
            .setPrefix(served.prefix())
            .setActivation(
                littleEndian(
                    joining == Joining.ACTIVATIONS ? served.scored().activation() : NO_ACTIVATION))
            .setPartition(at.partition())
            .setOffset(at.offset())
            .setValue(value(served))
            .setFields(passed.values())
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

  private List<Float> probabilities(Verdict.Given given) {
    return numbers ? List.of() : boxed(given.scored().probabilities());
  }

  private @Nullable Float value(Verdict.Given given) {
    return numbers ? given.scored().probabilities()[0] : null;
  }

  private @Nullable List<Float> embedding(Verdict.Given given) {
    float[] vector = embedding ? given.scored().vector() : NO_ACTIVATION;
    return vector.length == 0 ? null : boxed(vector);
  }

  private Rejection tooMuch(Passed passed) {
    return new Rejection(
        DeadLetterReason.TOO_LARGE,
        "the fields that scores.fields passes on have %d bytes, above scores.maxFieldBytes of %d"
            .formatted(passed.bytes(), passing.maxBytes()));
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
