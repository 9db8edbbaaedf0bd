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
  private final Batch batch;
  private final Scoring set;
  private final int reading;
  private final Map<Member, @Nullable Scored[]> scored = new HashMap<>();
  private final Map<Member, Unscored[]> unscored = new HashMap<>();
  private int sessionRuns;

  Answers(Batch batch, Scoring set) {
    this.batch = batch;
    this.set = set;
    this.reading = set.reading(batch.champion().version());
  }

  /** A member's answer to the event of that place; null where it has none. */
  @Nullable Scored of(Member member, int event) {
    @Nullable Scored[] answers = scored.get(member);
    return answers == null ? null : answers[event];
  }

  /** Why a member has no answer to the event of that place. */
  Unscored why(Member member, int event) {
    Unscored[] reasons = unscored.get(member);
    return reasons == null ? Unscored.INFERENCE : reasons[event];
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
    List<Member> alike = new ArrayList<>(List.of(batch.champion()));
    batch.challengers().stream().filter(this::readsAsChampion).forEach(alike::add);
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < batch.events().size(); i++) {
      all.add(i);
    }
    try {
      Map<String, Answer> answers =
          run(reading, alike, batch.events().stream().map(Prepared::features).toList());
      alike.forEach(member -> take(member, answers.get(member.version()), all));
      Answer own = answers.get(batch.champion().version());
      if (own instanceof Answer.Given given) {
        return given.scored().size() == all.size()
            ? null
            : given.scored().size() + " answers for a batch of " + all.size() + " events";
      }
      return own instanceof Answer.Failed failed ? brief(failed.why()) : "no answer";
    } catch (RuntimeException e) {
      return brief(e);
    }
  }

  /** Runs those who read events otherwise. */
  void runOthers() {
    Map<Integer, List<Member>> others = new HashMap<>();
    for (Member member : batch.challengers()) {
      if (!readsAsChampion(member)) {
        others
            .computeIfAbsent(set.reading(member.version()), unused -> new ArrayList<>())
            .add(member);
      }
    }
    others.forEach(this::runApart);
  }

  private void runApart(int other, List<Member> members) {
    List<Integer> at = new ArrayList<>();
    List<Features> features = new ArrayList<>();
    for (int i = 0; i < batch.events().size(); i++) {
      int event = i;
      try {
        features.add(set.featurise(other, batch.events().get(i).event().body()));
        at.add(i);
      } catch (FeatureException | RuntimeException e) {
        members.forEach(member -> reasons(member)[event] = Unscored.FEATURE);
      }
    }
    if (features.isEmpty()) {
      return;
    }
    try {
      Map<String, Answer> answers = run(other, members, features);
      members.forEach(member -> take(member, answers.get(member.version()), at));
    } catch (RuntimeException e) {
      members.forEach(member -> take(member, null, at));
    }
  }

  private boolean readsAsChampion(Member member) {
    return set.reading(member.version()) == reading;
  }

  private Map<String, Answer> run(int by, List<Member> members, List<Features> features) {
    SegmentTrie.Run run = set.score(by, members.stream().map(Member::version).toList(), features);
    sessionRuns += run.sessionRuns();
    return run.answers();
  }

  private void take(Member member, @Nullable Answer answer, List<Integer> at) {
    if (!(answer instanceof Answer.Given given) || given.scored().size() != at.size()) {
      return;
    }
    @Nullable Scored[] answers = new Scored[batch.events().size()];
    for (int i = 0; i < at.size(); i++) {
      Scored one = given.scored().get(i);
      answers[at.get(i)] = one;
      if (one == null) {
        reasons(member)[at.get(i)] = Unscored.NOT_FINITE;
      }
    }
    scored.put(member, answers);
  }

  private Unscored[] reasons(Member member) {
    return unscored.computeIfAbsent(
        member,
        unused -> {
          Unscored[] reasons = new Unscored[batch.events().size()];
          Arrays.fill(reasons, Unscored.INFERENCE);
          return reasons;
        });
  }

  /** Only our own exceptions are known not to quote the event. */
  private static String brief(RuntimeException e) {
    return e instanceof InferenceException
        ? String.valueOf(e.getMessage())
        : e.getClass().getSimpleName();
  }
}
