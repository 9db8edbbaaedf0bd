package io.headwater.stream.join;

import io.headwater.stream.held.Held;
import io.headwater.stream.held.HeldLabel;
import io.headwater.stream.held.HeldScore;
import io.headwater.stream.ingest.TimeBounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which a score and its labels become examples, whichever comes first.
 *
 * <p>A label joins iff labeledAt - eventTime is at most the window: a rule on the two times alone,
 * so the order of arrival never decides whether a label counts. A higher revision supersedes a
 * lower one; an equal or lower one than that joined is a duplicate. What is held is freed by the
 * events' own clock, {@code grace} after nothing in time can come any more.
 *
 * <p>Pure: what is held goes in, what is to be held and done comes out.
 */
final class FeedbackRules {
  /** Most labels that wait for one event; each has a higher revision and a later time. */
  static final int MAX_WAITING = 16;

  private final long windowMillis;
  private final long graceMillis;

  FeedbackRules(Duration window, Duration grace) {
    this.windowMillis = TimeBounds.saturatedMillis(window);
    this.graceMillis = TimeBounds.saturatedMillis(grace);
  }

  /**
   * What one arrival changes.
   *
   * @param next what is held from now on; null where nothing is
   * @param joined labels that make an example with {@code next}'s score
   * @param late labels known later than the window allows
   * @param orphans labels whose event did not come
   * @param duplicates labels of a revision that was there already, or lower
   * @param superseded labels that waited and gave way to a higher revision
   * @param repeated whether a second score came for the event, which changes nothing
   */
  record Step(
      @Nullable Held next,
      List<HeldLabel> joined,
      List<HeldLabel> late,
      List<HeldLabel> orphans,
      int duplicates,
      int superseded,
      boolean repeated) {}

  /** A score came. */
  Step score(@Nullable Held held, HeldScore score) {
    if (held == null) {
      return new Step(
          new Held(score, null, List.of()), List.of(), List.of(), List.of(), 0, 0, false);
    }
    if (held.getScore() != null) {
      return new Step(held, List.of(), List.of(), List.of(), 0, 0, true);
    }
    List<HeldLabel> inTime = new ArrayList<>();
    List<HeldLabel> late = new ArrayList<>();
    for (HeldLabel label : held.getLabels()) {
      (inTime(score, label) ? inTime : late).add(label);
    }
    if (inTime.isEmpty()) {
      return new Step(new Held(score, null, List.of()), List.of(), late, List.of(), 0, 0, false);
    }
    HeldLabel highest = inTime.get(inTime.size() - 1);
    return new Step(
        new Held(score, highest.getRevision(), List.of()),
        List.of(highest),
        late,
        List.of(),
        0,
        inTime.size() - 1,
        false);
  }

  /** A label came. */
  Step label(@Nullable Held held, HeldLabel label) {
    if (held == null || held.getScore() == null) {
      return waits(held == null ? List.of() : held.getLabels(), label);
    }
    Integer joined = held.getJoinedRevision();
    if (!inTime(held.getScore(), label)) {
      return new Step(held, List.of(), List.of(label), List.of(), 0, 0, false);
    }
    if (joined != null && label.getRevision() <= joined) {
      return new Step(held, List.of(), List.of(), List.of(), 1, 0, false);
    }
    Held next = new Held(held.getScore(), label.getRevision(), List.of());
    return new Step(next, List.of(label), List.of(), List.of(), 0, 0, false);
  }

  /**
   * Keeps, of the labels that wait, those that no other beats in both revision and time: which of
   * them will be in time is not known before the event comes.
   */
  private static Step waits(List<HeldLabel> waiting, HeldLabel label) {
    List<HeldLabel> lower = new ArrayList<>();
    List<HeldLabel> higher = new ArrayList<>();
    int superseded = 0;
    for (HeldLabel other : waiting) {
      if (beats(other, label)) {
        return new Step(
            new Held(null, null, waiting), List.of(), List.of(), List.of(), 1, 0, false);
      }
      if (beats(label, other)) {
        superseded++;
      } else {
        (other.getRevision() < label.getRevision() ? lower : higher).add(other);
      }
    }
    List<HeldLabel> kept = new ArrayList<>(lower);
    kept.add(label);
    kept.addAll(higher);
    while (kept.size() > MAX_WAITING) {
      kept.remove(0);
      superseded++;
    }
    return new Step(
        new Held(null, null, kept), List.of(), List.of(), List.of(), 0, superseded, false);
  }

  private static boolean beats(HeldLabel one, HeldLabel other) {
    return one.getRevision() >= other.getRevision() && one.getLabeledAt() <= other.getLabeledAt();
  }

  /**
   * The time came to look at what is held.
   *
   * @param clock the highest event time seen, in epoch milliseconds
   */
  Step expire(Held held, long clock) {
    if (held.getScore() != null) {
      boolean over = deadline(held) < clock;
      return new Step(over ? null : held, List.of(), List.of(), List.of(), 0, 0, false);
    }
    List<HeldLabel> orphans = new ArrayList<>();
    List<HeldLabel> waiting = new ArrayList<>();
    for (HeldLabel label : held.getLabels()) {
      (end(label.getLabeledAt()) < clock ? orphans : waiting).add(label);
    }
    return new Step(
        waiting.isEmpty() ? null : new Held(null, null, waiting),
        List.of(),
        List.of(),
        orphans,
        0,
        0,
        false);
  }

  /**
   * When, in epoch milliseconds, something held expires; one that waits holds one label or more.
   */
  long deadline(Held held) {
    HeldScore score = held.getScore();
    // Of labels that wait, the lowest revision is the earliest.
    return end(score != null ? score.getEventTime() : held.getLabels().get(0).getLabeledAt());
  }

  private long end(long time) {
    return TimeBounds.saturatedSum(time, TimeBounds.saturatedSum(windowMillis, graceMillis));
  }

  private boolean inTime(HeldScore score, HeldLabel label) {
    return label.getLabeledAt() - score.getEventTime() <= windowMillis;
  }
}
