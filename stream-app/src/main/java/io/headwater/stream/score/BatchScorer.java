package io.headwater.stream.score;

import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.runtime.Answer;
import io.headwater.model.runtime.InferenceException;
import io.headwater.model.runtime.Scored;
import io.headwater.model.runtime.SegmentTrie;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.stream.ingest.Rejection;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.meter.ScorerMeters.Unscored;
import io.headwater.stream.score.Batch.Prepared;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scores one batch with the champion and whoever else is to score it.
 *
 * <p>Where the champion fails a batch, its events are scored one by one, so that what is wrong with
 * one refuses that one alone. A canary or shadow that fails is never run again: its events go
 * without its score, counted by reason, and where it was to serve, the champion does. Not safe for
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
    int reading = set.reading(batch.champion().version());
    List<Member> challengers = new ArrayList<>(batch.shadows());
    Member canary = batch.canary();
    if (canary != null) {
      challengers.add(canary);
    }
    Answers answers = new Answers(batch.events().size());
    String failure = answers.champion(batch, reading, challengers, set);
    if (failure != null && batch.events().size() > 1) {
      meters.batchSplit();
      for (Prepared event : batch.events()) {
        meters.scoredAlone(ScorerMeters.Alone.FAILED_BATCH);
        score(batch.alone(event), set);
      }
      return;
    }
    answers.apart(batch, reading, challengers, set);
    meters.batch(batch.events().size(), Duration.ofNanos(System.nanoTime() - start));
    decide(batch, answers, failure == null ? NOT_FINITE : failure, set);
  }

  /** What each version answered each event, as far as it did. */
  private final class Answers {
    private final int size;
    private final Map<Member, @Nullable Scored[]> byMember = new HashMap<>();

    Answers(int size) {
      this.size = size;
    }

    @Nullable Scored of(Member member, int event) {
      @Nullable Scored[] scored = byMember.get(member);
      return scored == null ? null : scored[event];
    }

    /**
     * Runs the champion, and in the same go those who read events as it does.
     *
     * @return why the champion has no answer, or null
     */
    @Nullable String champion(Batch batch, int reading, List<Member> challengers, Scoring set) {
      List<Member> alike = new ArrayList<>(List.of(batch.champion()));
      challengers.stream()
          .filter(member -> set.reading(member.version()) == reading)
          .forEach(alike::add);
      List<Features> features = batch.events().stream().map(Prepared::features).toList();
      try {
        SegmentTrie.Run run = run(reading, alike, features, set);
        Answer own = run.answers().get(batch.champion().version());
        if (own instanceof Answer.Failed failed && size > 1) {
          return brief(failed.why());
        }
        alike.forEach(
            member -> take(member, run.answers().get(member.version()), all(), batch.champion()));
        return own instanceof Answer.Failed failed ? brief(failed.why()) : null;
      } catch (RuntimeException e) {
        return brief(e);
      }
    }

    /** Runs those who read events otherwise. */
    void apart(Batch batch, int reading, List<Member> challengers, Scoring set) {
      Map<Integer, List<Member>> others = new HashMap<>();
      for (Member member : challengers) {
        int own = set.reading(member.version());
        if (own != reading) {
          others.computeIfAbsent(own, unused -> new ArrayList<>()).add(member);
        }
      }
      others.forEach((other, members) -> apart(batch.events(), other, members, set));
    }

    private void apart(List<Prepared> events, int reading, List<Member> members, Scoring set) {
      List<Integer> at = new ArrayList<>();
      List<Features> features = new ArrayList<>();
      for (int i = 0; i < events.size(); i++) {
        try {
          features.add(set.featurise(reading, events.get(i).event().body()));
          at.add(i);
        } catch (FeatureException | RuntimeException e) {
          members.forEach(member -> meters.unscored(member.stage(), Unscored.FEATURE, 1));
        }
      }
      if (features.isEmpty()) {
        return;
      }
      try {
        SegmentTrie.Run run = run(reading, members, features, set);
        members.forEach(member -> take(member, run.answers().get(member.version()), at, null));
      } catch (RuntimeException e) {
        members.forEach(
            member -> meters.unscored(member.stage(), Unscored.INFERENCE, features.size()));
      }
    }

    private SegmentTrie.Run run(
        int reading, List<Member> members, List<Features> features, Scoring set) {
      SegmentTrie.Run run =
          set.score(reading, members.stream().map(Member::version).toList(), features);
      meters.sessionsRun(run.sessionRuns());
      for (Member member : members) {
        Answer answer = run.answers().get(member.version());
        if (answer instanceof Answer.Given given && given.scored().size() != features.size()) {
          throw new InferenceException(
              given.scored().size() + " answers for a batch of " + features.size() + " events");
        }
      }
      return run;
    }

    /** What it lacks is counted, but for the champion, whose events are then refused. */
    private void take(
        Member member, @Nullable Answer answer, List<Integer> at, @Nullable Member champion) {
      boolean counted = !member.equals(champion);
      if (!(answer instanceof Answer.Given given)) {
        if (counted) {
          meters.unscored(member.stage(), Unscored.INFERENCE, at.size());
        }
        return;
      }
      @Nullable Scored[] scored = new Scored[size];
      for (int i = 0; i < at.size(); i++) {
        Scored one = given.scored().get(i);
        scored[at.get(i)] = one;
        if (one == null && counted) {
          meters.unscored(member.stage(), Unscored.NOT_FINITE, 1);
        }
      }
      byMember.put(member, scored);
    }

    private List<Integer> all() {
      List<Integer> all = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        all.add(i);
      }
      return all;
    }
  }

  private void decide(Batch batch, Answers answers, String failure, Scoring set) {
    long scoredAt = clock.millis();
    for (int i = 0; i < batch.events().size(); i++) {
      Prepared one = batch.events().get(i);
      Member canary = batch.canary();
      Scored canarys = canary == null ? null : answers.of(canary, i);
      Scored champions = answers.of(batch.champion(), i);
      List<Verdict.Given> given = new ArrayList<>();
      if (canary != null && canarys != null) {
        given.add(given(canary, canarys, set));
      }
      if (champions != null) {
        given.add(given(batch.champion(), champions, set));
      }
      if (given.isEmpty()) {
        one.polled().decide(refused("the model failed: " + failure));
        continue;
      }
      for (Member shadow : batch.shadows()) {
        Scored shadows = answers.of(shadow, i);
        if (shadows != null) {
          given.add(given(shadow, shadows, set));
        }
      }
      one.polled()
          .decide(
              new Verdict.Answer(
                  one.event(), given.get(0), given.subList(1, given.size()), scoredAt));
    }
  }

  private static Verdict.Given given(Member member, Scored scored, Scoring set) {
    return new Verdict.Given(
        member.stage(),
        member.version(),
        set.prefixDigest(member.version()),
        scored,
        set.decide(member.version(), scored.probabilities()));
  }

  private static Verdict refused(String message) {
    return new Verdict.Refused(new Rejection(DeadLetterReason.INFERENCE, message));
  }

  /** Only our own exceptions are known not to quote the event. */
  private static String brief(RuntimeException e) {
    return e instanceof InferenceException
        ? String.valueOf(e.getMessage())
        : e.getClass().getSimpleName();
  }
}
