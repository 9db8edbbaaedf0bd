package io.headwater.stream.score;

import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.runtime.Answer;
import io.headwater.model.runtime.InferenceException;
import io.headwater.model.runtime.Scored;
import io.headwater.model.runtime.SegmentTrie;
import io.headwater.stream.meter.ScorerMeters.Unscored;
import io.headwater.stream.score.Batch.Prepared;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each version answered each event of one batch, and why it did not.
 *
 * <p>Not safe for use by several threads.
 */
final class Answers {
  /** One member's answers, by the event's place in the batch. */
  static final class ByMember {
    private final Member member;
    private final int reading;
    private final String prefix;
    private final @Nullable Scored[] scored;
    private Unscored @Nullable [] unscored;

    private ByMember(Member member, Scoring set, int events) {
      this.member = member;
      this.reading = set.reading(member.version());
      this.prefix = set.prefixDigest(member.version());
      this.scored = new Scored[events];
    }

    Member member() {
      return member;
    }

    /** The answer to an event, with the member's decision; null where it has none. */
    Verdict.@Nullable Given given(int event, Scoring set) {
      Scored one = scored[event];
      return one == null
          ? null
          : new Verdict.Given(
              member.stage(),
              member.version(),
              prefix,
              one,
              set.decide(member.version(), one.probabilities()));
    }

    /** Why there is no answer to an event. */
    Unscored why(int event) {
      return unscored == null ? Unscored.INFERENCE : unscored[event];
    }

    private void fail(int event, Unscored why) {
      if (unscored == null) {
        unscored = new Unscored[scored.length];
        Arrays.fill(unscored, Unscored.INFERENCE);
      }
      unscored[event] = why;
    }

    /**
     * Takes what a run answered.
     *
     * @param at places of the events that were run; null for all
     */
    private void take(@Nullable Answer answer, int @Nullable [] at) {
      int events = at == null ? scored.length : at.length;
      if (!(answer instanceof Answer.Given given) || given.scored().size() != events) {
        return;
      }
      for (int i = 0; i < events; i++) {
        int event = at == null ? i : at[i];
        scored[event] = given.scored().get(i);
        if (scored[event] == null) {
          fail(event, Unscored.NOT_FINITE);
        }
      }
    }
  }

  private final List<Prepared> events;
  private final Scoring set;
  private final ByMember champion;
  private final List<ByMember> challengers;
  private int sessionRuns;

  Answers(Batch batch, Scoring set) {
    this.events = batch.events();
    this.set = set;
    this.champion = new ByMember(batch.champion(), set, events.size());
    this.challengers =
        batch.challengers().stream()
            .map(member -> new ByMember(member, set, events.size()))
            .toList();
  }

  ByMember champion() {
    return champion;
  }

  /** Of the canary, where one serves the batch, and of the shadows, in the batch's order. */
  List<ByMember> challengers() {
    return challengers;
  }

  /** How many runs of a session it all took. */
  int sessionRuns() {
    return sessionRuns;
  }

  /**
   * Runs the champion, and in the same go those who read events as it does.
   *
   * @return why the champion failed, or null
   */
  @Nullable String runChampion() {
    List<ByMember> alike = new ArrayList<>();
    alike.add(champion);
    for (ByMember challenger : challengers) {
      if (challenger.reading == champion.reading) {
        alike.add(challenger);
      }
    }
    List<Features> features = new ArrayList<>(events.size());
    for (Prepared event : events) {
      features.add(event.features());
    }
    try {
      Map<String, Answer> answers = run(champion.reading, alike, features);
      alike.forEach(one -> one.take(answers.get(one.member.version()), null));
      Answer own = answers.get(champion.member.version());
      if (own instanceof Answer.Given given) {
        return given.scored().size() == events.size()
            ? null
            : given.scored().size() + " answers for a batch of " + events.size() + " events";
      }
      return own instanceof Answer.Failed failed ? brief(failed.why()) : "no answer";
    } catch (RuntimeException e) {
      return brief(e);
    }
  }

  /** Runs those who read events otherwise. */
  void runOthers() {
    Map<Integer, List<ByMember>> others = new HashMap<>();
    for (ByMember challenger : challengers) {
      if (challenger.reading != champion.reading) {
        others.computeIfAbsent(challenger.reading, unused -> new ArrayList<>()).add(challenger);
      }
    }
    others.forEach(this::runApart);
  }

  private void runApart(int other, List<ByMember> members) {
    List<Integer> at = new ArrayList<>();
    List<Features> features = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      int event = i;
      try {
        features.add(set.featurise(other, events.get(i).event().body()));
        at.add(i);
      } catch (FeatureException | RuntimeException e) {
        members.forEach(member -> member.fail(event, Unscored.FEATURE));
      }
    }
    if (features.isEmpty()) {
      return;
    }
    int[] places = at.stream().mapToInt(Integer::intValue).toArray();
    try {
      Map<String, Answer> answers = run(other, members, features);
      members.forEach(one -> one.take(answers.get(one.member.version()), places));
    } catch (RuntimeException e) {
      // They owe their scores to the run: that is what they are counted with unless told otherwise.
    }
  }

  private Map<String, Answer> run(int by, List<ByMember> members, List<Features> features) {
    SegmentTrie.Run run =
        set.score(by, members.stream().map(one -> one.member.version()).toList(), features);
    sessionRuns += run.sessionRuns();
    return run.answers();
  }

  /** Only our own exceptions are known not to quote the event. */
  private static String brief(RuntimeException e) {
    return e instanceof InferenceException
        ? String.valueOf(e.getMessage())
        : e.getClass().getSimpleName();
  }
}
