package io.headwater.stream.score;

import io.headwater.model.runtime.Scored;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.stream.ingest.Rejection;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.Batch.Prepared;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores one batch with the champion and whoever else is to score it.
 *
 * <p>Where the champion fails a batch, its events are scored one by one, so that what is wrong with
 * one refuses that one alone. A canary or shadow that fails is never run again for that: its events
 * go without its score, counted by reason, and where it was to serve, the champion does. Not safe
 * for use by several threads.
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
    for (int i = 0; i < size; i++) {
      PolledEvent event = batch.events().get(i).polled();
      List<Verdict.Given> given = given(batch, answers, i, set);
      event.decide(
          given.isEmpty()
              ? refused(failure == null ? NOT_FINITE : failure)
              : new Verdict.Answer(
                  batch.events().get(i).event(),
                  given.get(0),
                  given.subList(1, given.size()),
                  scoredAt));
    }
  }

  /** What the versions answered an event, the one that serves it first; nothing where none can. */
  private List<Verdict.Given> given(Batch batch, Answers answers, int event, Scoring set) {
    List<Verdict.Given> given = new ArrayList<>();
    List<Member> members = new ArrayList<>();
    if (batch.canary() != null) {
      members.add(batch.canary());
    }
    members.add(batch.champion());
    add(given, members, answers, event, set);
    if (!given.isEmpty()) {
      members.addAll(batch.shadows());
      add(given, batch.shadows(), answers, event, set);
      for (Member member : members) {
        if (answers.of(member, event) == null && !member.equals(batch.champion())) {
          meters.unscored(member.stage(), answers.why(member, event));
        }
      }
    }
    return given;
  }

  private static void add(
      List<Verdict.Given> given, List<Member> members, Answers answers, int event, Scoring set) {
    for (Member member : members) {
      Scored scored = answers.of(member, event);
      if (scored != null) {
        given.add(
            new Verdict.Given(
                member.stage(),
                member.version(),
                set.prefixDigest(member.version()),
                scored,
                set.decide(member.version(), scored.probabilities())));
      }
    }
  }

  private static Verdict refused(String why) {
    return new Verdict.Refused(
        new Rejection(DeadLetterReason.INFERENCE, "the model failed: " + why));
  }
}
