package io.headwater.stream.score;

import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.runtime.InferenceException;
import io.headwater.model.runtime.Scored;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.stream.ingest.Event;
import io.headwater.stream.ingest.EventReader;
import io.headwater.stream.ingest.Ingested;
import io.headwater.stream.ingest.Rejection;
import io.headwater.stream.meter.ScorerMeters;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides events chunk by chunk: the first undecided event of a poll takes its successors along,
 * under one lease, in batches sorted by length.
 *
 * <p>Each record is scored wholly by one version. What is wrong with one record refuses that record
 * alone: when a batch fails, its records are scored one by one. An {@link Error}, and a missing
 * model, end the stream thread. Not safe for use by several threads.
 */
public final class EventScorer {
  private final EventReader reader;
  private final Supplier<Optional<Scoring>> live;
  private final int batchSize;
  private final Pace pace;
  private final ScorerMeters meters;
  private final Clock clock;

  public EventScorer(
      EventReader reader,
      Supplier<Optional<Scoring>> live,
      ScoringSettings settings,
      ScorerMeters meters,
      Clock clock) {
    this.reader = reader;
    this.live = live;
    this.batchSize = settings.batch();
    this.pace = new Pace(settings.chunk(), settings.target());
    this.meters = meters;
    this.clock = clock;
  }

  /** What becomes of an event; decides its chunk where that was not done yet. */
  Verdict verdict(PolledEvent event) {
    if (!event.decided()) {
      Poll poll = event.poll();
      if (poll == null) {
        meters.scoredAlone(ScorerMeters.Alone.UNPOLLED);
        decide(List.of(event));
      } else {
        meters.queued(poll.age());
        decide(poll.take(event, pace.size()));
      }
    }
    return event.verdict();
  }

  private record Prepared(PolledEvent polled, Event event, Features features) {}

  private void decide(List<PolledEvent> chunk) {
    long start = System.nanoTime();
    meters.chunk(chunk.size());
    try (Scoring model =
        live.get()
            .orElseThrow(
                () -> new IllegalStateException("no version is in force; the scorer is closing"))) {
      List<Prepared> prepared = prepare(chunk, model);
      meters.featurised(Duration.ofNanos(System.nanoTime() - start));
      prepared.sort(Comparator.comparingInt(p -> p.features().length()));
      for (int from = 0; from < prepared.size(); from += batchSize) {
        score(prepared.subList(from, Math.min(from + batchSize, prepared.size())), model);
      }
      pace.took(model.version(), chunk.size(), System.nanoTime() - start);
    }
  }

  private List<Prepared> prepare(List<PolledEvent> chunk, Scoring model) {
    List<Prepared> prepared = new ArrayList<>(chunk.size());
    for (PolledEvent polled : chunk) {
      Rejection oversized = reader.refuseEnvelope(polled.envelopeBytes());
      Ingested read =
          oversized != null
              ? oversized
              : reader.read(polled.key(), polled.value(), polled.timestamp());
      if (read instanceof Rejection rejection) {
        polled.decide(new Verdict.Refused(rejection));
      } else if (read instanceof Event event) {
        try {
          prepared.add(new Prepared(polled, event, model.featurise(event.body())));
        } catch (FeatureException e) {
          polled.decide(
              refused(
                  e.isMissing() ? DeadLetterReason.MISSING_FIELD : DeadLetterReason.FEATURE,
                  String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
          polled.decide(
              refused(
                  DeadLetterReason.FEATURE,
                  "the event could not be featurised: " + e.getClass().getSimpleName()));
        }
      }
    }
    return prepared;
  }

  private void score(List<Prepared> batch, Scoring model) {
    long start = System.nanoTime();
    List<Scored> answers;
    try {
      answers = model.score(batch.stream().map(Prepared::features).toList());
      if (answers.size() != batch.size()) {
        throw new InferenceException(
            answers.size() + " answers for a batch of " + batch.size() + " events");
      }
    } catch (RuntimeException e) {
      if (batch.size() == 1) {
        batch
            .get(0)
            .polled()
            .decide(refused(DeadLetterReason.INFERENCE, "the model failed: " + brief(e)));
      } else {
        meters.batchSplit();
        batch.forEach(
            alone -> {
              meters.scoredAlone(ScorerMeters.Alone.FAILED_BATCH);
              score(List.of(alone), model);
            });
      }
      return;
    }
    meters.batch(batch.size(), Duration.ofNanos(System.nanoTime() - start));
    long scoredAt = clock.millis();
    for (int i = 0; i < batch.size(); i++) {
      Scored scored = answers.get(i);
      Prepared one = batch.get(i);
      one.polled()
          .decide(
              new Verdict.Answer(
                  one.event(),
                  model.version(),
                  model.prefixDigest(),
                  scored,
                  model.decide(scored.probabilities()),
                  scoredAt));
    }
  }

  /** Only our own exceptions are known not to quote the event. */
  private static String brief(RuntimeException e) {
    return e instanceof InferenceException
        ? String.valueOf(e.getMessage())
        : e.getClass().getSimpleName();
  }

  private static Verdict refused(DeadLetterReason reason, String message) {
    return new Verdict.Refused(new Rejection(reason, message));
  }
}
