package io.headwater.stream.score;

import io.headwater.model.pipeline.ScoreContents;
import io.headwater.model.runtime.Scored;
import io.headwater.schemas.headers.DeadLetter;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.schemas.headers.HeaderNames;
import io.headwater.schemas.serde.PlainScore;
import io.headwater.stream.held.HeldScore;
import io.headwater.stream.ingest.Rejection;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.PassedFields.Passed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Sends each event of a run on as its score and, slim, to the join, with what other versions
 * answered; or as a dead letter: each to the node that {@link ScoreOutcome} names, as asking all of
 * them would cost more than scoring a row of numbers. The key stays what it was: a record of fixed
 * keys would copy the headers at each change.
 */
public final class ScoreProcessor
    extends ContextualProcessor<byte[], PolledRun, byte[], ScoreOutcome> {
  /** What of a score goes to the join. */
  public enum Joining {
    /** Nothing: no label is awaited. */
    NOTHING,
    /** The score; activations are recomputed where they are needed. */
    SCORE,
    /** The score and the activations that it was made from. */
    ACTIVATIONS
  }

  private static final float[] NONE = {};

  private final EventScorer scorer;
  private final Joining joining;
  private final PassedFields passing;
  private final boolean embedding;
  private final boolean numbers;
  private final ScorerMeters meters;
  private final ScoreHeaders headers = new ScoreHeaders();

  /**
   * Makes a processor for one task.
   *
   * @param joining what goes to the join
   * @param contents what a score carries besides
   * @param numbers whether versions answer a value, and not probabilities
   */
  public ScoreProcessor(
      EventScorer scorer,
      Joining joining,
      ScoreContents contents,
      boolean numbers,
      ScorerMeters meters) {
    this.scorer = scorer;
    this.joining = joining;
    this.passing = new PassedFields(contents);
    this.embedding = contents.embedding();
    this.numbers = numbers;
    this.meters = meters;
  }

  @Override
  public void process(Record<byte[], PolledRun> record) {
    record.value().events().forEach(this::send);
  }

  private void send(PolledEvent event) {
    Verdict verdict = scorer.verdict(event);
    if (verdict instanceof Verdict.Answer answer) {
      Passed passed = passing.of(answer.event().body());
      if (passed.bytes() > passing.maxBytes()) {
        refuse(event, tooMuch(passed));
        return;
      }
      meters.fieldsMissing(passed.missing());
      boolean probe = event.headers().lastHeader(HeaderNames.PROBE) != null;
      meters.scored(probe, answer.served().stage());
      if (answer.event().clamped()) {
        meters.clamped();
      }
      give(event, answer, answer.served(), passed, ScoreOutcome.Given::new, ScoreOutcome.GIVEN);
      for (Verdict.Given beside : answer.beside()) {
        meters.scoredBeside(beside.stage());
        give(event, answer, beside, passed, ScoreOutcome.Beside::new, ScoreOutcome.BESIDE);
      }
      if (joining != Joining.NOTHING && !probe) {
        join(event, answer, passed);
      }
    } else if (verdict instanceof Verdict.Refused refused) {
      refuse(event, refused.rejection());
    }
  }

  private void give(
      PolledEvent event,
      Verdict.Answer answer,
      Verdict.Given given,
      Passed passed,
      Function<PlainScore, ScoreOutcome> outcome,
      String node) {
    PlainScore score =
        new PlainScore(
            answer.event().id(),
            answer.event().time(),
            given.version(),
            given.stage(),
            given.decision(),
            numbers ? NONE : given.scored().probabilities(),
            answer.scoredAt(),
            value(given),
            embedding ? vector(given.scored()) : null,
            passed.values());
    Headers stamped = headers.of(event.headers(), given.version(), given.stage());
    context()
        .forward(
            new Stamped(event.key(), outcome.apply(score), answer.event().time(), stamped), node);
  }

  /**
   * A record that goes straight to a sink, with headers that others may share: an ordinary one
   * copies them, and so does the sink.
   */
  private static final class Stamped extends Record<byte[], ScoreOutcome> {
    private final Headers stamped;

    Stamped(byte @Nullable [] key, ScoreOutcome outcome, long timestamp, Headers stamped) {
      super(key, outcome, timestamp);
      this.stamped = stamped;
    }

    @Override
    public Headers headers() {
      return stamped;
    }
  }

  private void forward(
      PolledEvent event, ScoreOutcome outcome, long timestamp, Headers stamped, String node) {
    context().forward(new Record<>(event.key(), outcome, timestamp, stamped), node);
  }

  private void join(PolledEvent event, Verdict.Answer answer, Passed passed) {
    Verdict.Given served = answer.served();
    HeldScore score =
        HeldScore.newBuilder()
            .setEventTime(answer.event().time())
            .setVersion(served.version())
            .setStage(served.stage().name())
            .setDecision(served.decision())
            .setProbabilities(numbers ? List.of() : boxed(served.scored().probabilities()))
            .setScoredAt(answer.scoredAt())
            .setPrefix(served.prefix())
            .setActivation(
                littleEndian(joining == Joining.ACTIVATIONS ? served.scored().activation() : NONE))
            .setPartition(event.partition())
            .setOffset(event.offset())
            .setValue(value(served))
            .setFields(passed.values())
            .build();
    forward(
        event,
        new ScoreOutcome.ToJoin(answer.event().id(), score),
        answer.event().time(),
        new RecordHeaders(),
        ScoreOutcome.TO_JOIN);
  }

  private void refuse(PolledEvent event, Rejection rejection) {
    meters.deadLetter(rejection.reason());
    Headers reasons =
        DeadLetter.headers(
            event.headers(),
            event.topic(),
            event.partition(),
            event.offset(),
            rejection.reason(),
            rejection.message());
    forward(
        event,
        new ScoreOutcome.Dead(event.value()),
        context().currentSystemTimeMs(),
        reasons,
        ScoreOutcome.DEAD);
  }

  private static float @Nullable [] vector(Scored scored) {
    float[] vector = scored.vector();
    return vector.length > 0 ? vector : null;
  }

  private @Nullable Float value(Verdict.Given given) {
    return numbers ? given.scored().probabilities()[0] : null;
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
