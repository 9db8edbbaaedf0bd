package io.headwater.stream.score;

import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.stream.ingest.Event;
import io.headwater.stream.ingest.Rejection;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.Answers.ByMember;
import io.headwater.stream.score.Batch.Prepared;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scores one batch with the champion and whoever else is to score it.
 *
 * <p>Where the champion fails a batch, its events are scored one by one, so that what is wrong with
 * one refuses that one alone. A canary or shadow that fails is never run again for that: its events
 * go without its score, counted by reason, and where it was to serve, the champion does. Safe for
 * use by several threads.
 */
final class BatchScorer {
  private static final String NOT_FINITE = "the answer is not finite";

  private final ScorerMeters meters;
  private final Clock clock;

  BatchScorer(ScorerMeters meters, Clock clock) {
    this.meters = meters;
    this.clock = clock;
  }

  /** Decides every event of the batch. */
  void score(Batch batch, Scoring set) {
    long start = System.nanoTime();
    int size = batch.events().size();
    Answers answers = new Answers(batch, set);
    String failure = answers.runChampion();
    if (failure != null && size > 1) {
      meters.sessionsRun(answers.sessionRuns());
      meters.batchSplit();
      for (Prepared event : batch.events()) {
        meters.scoredAlone(ScorerMeters.Alone.FAILED_BATCH);
        score(batch.alone(event), set);
      }
      return;
    }
    answers.runOthers();
    meters.sessionsRun(answers.sessionRuns());
    meters.batch(size, Duration.ofNanos(System.nanoTime() - start));
    long scoredAt = clock.millis();
    Verdict refused = refused(failure == null ? NOT_FINITE : failure);
    for (int i = 0; i < size; i++) {
      Prepared event = batch.events().get(i);
      Verdict.Answer answer =
          answer(event.event(), batch.canary() != null, answers, i, set, scoredAt);
      event.polled().decide(answer == null ? refused : answer);
    }
    long last = batch.events().get(size - 1).event().time();
    meters.eventTimeLag(Duration.ofMillis(scoredAt - last));
  }

  /**
   * What the versions answered an event; null where neither who is to serve it nor the champion.
   */
  private Verdict.@Nullable Answer answer(
      Event event, boolean byCanary, Answers answers, int place, Scoring set, long scoredAt) {
    Verdict.Given champion = answers.champion().given(place, set);
    List<ByMember> challengers = answers.challengers();
    if (challengers.isEmpty()) {
      return champion == null ? null : new Verdict.Answer(event, champion, List.of(), scoredAt);
    }
    Verdict.Given canary = byCanary ? challengers.get(0).given(place, set) : null;
    Verdict.Given served = canary == null ? champion : canary;
    if (served == null) {
      return null;
    }
    List<Verdict.Given> beside = new ArrayList<>();
    if (champion != null && canary != null) {
      beside.add(champion);
    }
    for (int i = 0; i < challengers.size(); i++) {
      ByMember challenger = challengers.get(i);
      Verdict.Given given = byCanary && i == 0 ? canary : challenger.given(place, set);
      if (given == null) {
        meters.unscored(challenger.member().stage(), challenger.why(place));
      } else if (i > 0 || !byCanary) {
        beside.add(given);
      }
    }
    return new Verdict.Answer(event, served, beside, scoredAt);
  }

  private static Verdict refused(String why) {
    return new Verdict.Refused(
        new Rejection(DeadLetterReason.INFERENCE, "the model failed: " + why));
  }
}
