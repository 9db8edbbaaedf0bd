package io.headwater.ops.faults;

import io.headwater.schemas.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came out against what went in: each event must have one score, and each score must be what
 * the version that it names answers for the event.
 *
 * @param sent events
 * @param scored events with a score
 * @param lost ids of events without one
 * @param doubled ids of events with several, once for each beyond the first
 * @param unknown ids of scores of events that were never sent
 * @param wrong what is wrong with scores that do not recompute
 * @param deadLetters records on the dead-letter topic: the events sent are all sound
 */
record Verdict(
    int sent,
    int scored,
    List<String> lost,
    List<String> doubled,
    List<String> unknown,
    List<String> wrong,
    long deadLetters) {
  /** Two batches may sum the same floats in another order. */
  static final double TOLERANCE = 1e-5;

  /** What a version answers for an event. */
  record Answer(float[] probabilities, String decision) {}

  /** Scores events again. */
  @FunctionalInterface
  interface Recompute {
    /** Empty where no such version was ever published. */
    Optional<Answer> answer(String version, String eventId);
  }

  Verdict {
    lost = List.copyOf(lost);
    doubled = List.copyOf(doubled);
    unknown = List.copyOf(unknown);
    wrong = List.copyOf(wrong);
  }

  /**
   * Judges a run.
   *
   * @param sent ids, each once
   * @param scores all that were committed
   */
  static Verdict of(List<String> sent, List<Score> scores, long deadLetters, Recompute recompute) {
    Map<String, Integer> answers = new HashMap<>();
    sent.forEach(id -> answers.put(id, 0));
    List<String> doubled = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (Score score : scores) {
      String id = score.getEventId();
      Integer before = answers.computeIfPresent(id, (key, count) -> count + 1);
      if (before == null) {
        unknown.add(id);
        continue;
      }
      if (before > 1) {
        doubled.add(id);
      }
      mistake(score, recompute).ifPresent(wrong::add);
    }
    List<String> lost = sent.stream().filter(id -> answers.getOrDefault(id, 0) == 0).toList();
    return new Verdict(
        sent.size(), sent.size() - lost.size(), lost, doubled, unknown, wrong, deadLetters);
  }

  private static Optional<String> mistake(Score score, Recompute recompute) {
    String id = score.getEventId();
    Optional<Answer> answer = recompute.answer(score.getVersion(), id);
    if (answer.isEmpty()) {
      return Optional.of("%s names version %s, which never was".formatted(id, score.getVersion()));
    }
    float[] expected = answer.get().probabilities();
    List<Float> given = score.getProbabilities();
    boolean same = given.size() == expected.length;
    for (int i = 0; same && i < expected.length; i++) {
      same = Math.abs(given.get(i) - expected[i]) <= TOLERANCE;
    }
    if (!same) {
      return Optional.of(
          "%s has %s where its version answers %s".formatted(id, given, Arrays.toString(expected)));
    }
    return score.getDecision().equals(answer.get().decision())
        ? Optional.empty()
        : Optional.of(
            "%s is decided as %s where its version decides for %s"
                .formatted(id, score.getDecision(), answer.get().decision()));
  }

  /** Whether nothing was lost, doubled, made up, dead-lettered or wrong. */
  boolean passed() {
    return lost.isEmpty()
        && doubled.isEmpty()
        && unknown.isEmpty()
        && wrong.isEmpty()
        && deadLetters == 0;
  }
}
