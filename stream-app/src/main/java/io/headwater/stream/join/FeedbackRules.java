package io.headwater.stream.join;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.stream.held.Held;
import io.headwater.stream.held.HeldLabel;
import io.headwater.stream.held.HeldScore;
import io.headwater.stream.ingest.TimeBounds;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which a score and its labels become examples, whichever comes first.
 *
 * <p>A label joins iff labeledAt - eventTime is at most the window: a rule on the two times alone,
 * so the order of arrival never decides whether a label counts. Of the labels that count, {@link
 * Precedence} says which one holds. A label that holds against the one joined makes an example that
 * takes the other's place; one that does not is a duplicate or a conflict. What is held is freed by
 * the events' own clock, {@code grace} after nothing in time can come any more.
 *
 * <p>Pure: what is held goes in, what is to be held and done comes out.
 */
public final class FeedbackRules {
  /** Most labels that wait for one event; each has a higher revision and a later time. */
  static final int MAX_WAITING = 16;

  private final long windowMillis;
  private final long graceMillis;
  private final Optional<Silence> silence;

  /** The rules of a pipeline; the grace covers a clock ahead by as much as is let in. */
  public static FeedbackRules of(Pipeline pipeline) {
    return new FeedbackRules(
        pipeline.feedback().joinWindow(),
        pipeline.event().maxSkew(),
        Silence.of(pipeline.feedback()));
  }

  /**
   * Makes rules.
   *
   * @param window a label counts iff labeledAt - eventTime is at most this
   * @param grace how much longer what is held stays, by the events' clock
   */
  public FeedbackRules(Duration window, Duration grace, Optional<Silence> silence) {
    this.windowMillis = TimeBounds.saturatedMillis(window);
    this.graceMillis = TimeBounds.saturatedMillis(grace);
    this.silence = silence;
  }

  /**
   * What one arrival changes.
   *
   * @param next what is held from now on; null where nothing is
   * @param joined what makes an example
   * @param late labels known later than the window allows
   * @param orphans labels whose event did not come
   * @param duplicates labels of a revision that was there already, or lower
   * @param superseded labels that waited and gave way to a higher revision
   * @param conflicting labels that gave way to one of the same revision that says another class or
   *     number
   * @param repeated whether a second score came for the event, which changes nothing
   */
  public record Step(
      @Nullable Held next,
      Optional<Joined> joined,
      List<HeldLabel> late,
      List<HeldLabel> orphans,
      int duplicates,
      int superseded,
      int conflicting,
      boolean repeated) {
    private static Step holding(@Nullable Held next) {
      return new Step(next, Optional.empty(), List.of(), List.of(), 0, 0, 0, false);
    }

    private Step withJoined(HeldScore score, HeldLabel label) {
      return new Step(
          next,
          Optional.of(new Joined(score, label)),
          late,
          orphans,
          duplicates,
          superseded,
          conflicting,
          repeated);
    }

    private Step withLate(List<HeldLabel> labels) {
      return new Step(next, joined, labels, orphans, duplicates, superseded, conflicting, repeated);
    }

    private Step withOrphans(List<HeldLabel> labels) {
      return new Step(next, joined, late, labels, duplicates, superseded, conflicting, repeated);
    }

    private Step withGivenWay(int again, int lower, int contrary) {
      return new Step(next, joined, late, orphans, again, lower, contrary, repeated);
    }

    private Step asRepeated() {
      return new Step(next, joined, late, orphans, duplicates, superseded, conflicting, true);
    }
  }

  /** A score and the label that makes an example with it. */
  public record Joined(HeldScore score, HeldLabel label) {
    /** Whether no label came, and the pipeline takes silence for one. */
    boolean ofSilence() {
      return label.getRevision() == Silence.REVISION;
    }
  }

  /** A score came. */
  public Step score(@Nullable Held held, HeldScore score) {
    if (held == null) {
      return Step.holding(new Held(score, null, List.of()));
    }
    if (held.getScore() != null) {
      return Step.holding(held).asRepeated();
    }
    List<HeldLabel> inTime = new ArrayList<>();
    List<HeldLabel> late = new ArrayList<>();
    for (HeldLabel label : held.getLabels()) {
      (inTime(score, label) ? inTime : late).add(label);
    }
    if (inTime.isEmpty()) {
      return Step.holding(new Held(score, null, List.of())).withLate(late);
    }
    // Of labels that wait, the last has the highest revision.
    HeldLabel holds = inTime.get(inTime.size() - 1);
    return Step.holding(new Held(score, slim(holds), List.of()))
        .withJoined(score, holds)
        .withLate(late)
        .withGivenWay(0, inTime.size() - 1, 0);
  }

  /** A label came. */
  public Step label(@Nullable Held held, HeldLabel label) {
    if (held == null || held.getScore() == null) {
      return waits(held == null ? List.of() : held.getLabels(), label);
    }
    HeldScore score = held.getScore();
    HeldLabel standing = held.getStanding();
    if (!inTime(score, label)) {
      return Step.holding(held).withLate(List.of(label));
    }
    if (standing != null && Precedence.holds(standing, label)) {
      return Precedence.conflict(standing, label)
          ? Step.holding(held).withGivenWay(0, 0, 1)
          : Step.holding(held).withGivenWay(1, 0, 0);
    }
    return Step.holding(new Held(score, slim(label), List.of())).withJoined(score, label);
  }

  /**
   * Keeps, of the labels that wait, those that no other beats in both precedence and time: which of
   * them will be in time is not known before the event comes.
   */
  private static Step waits(List<HeldLabel> waiting, HeldLabel label) {
    List<HeldLabel> lower = new ArrayList<>();
    List<HeldLabel> higher = new ArrayList<>();
    int superseded = 0;
    int conflicting = 0;
    for (HeldLabel other : waiting) {
      if (beats(other, label)) {
        Step same = Step.holding(new Held(null, null, waiting));
        return Precedence.conflict(other, label)
            ? same.withGivenWay(0, 0, 1)
            : same.withGivenWay(1, 0, 0);
      }
      if (!beats(label, other)) {
        (other.getRevision() < label.getRevision() ? lower : higher).add(other);
      } else if (Precedence.conflict(label, other)) {
        conflicting++;
      } else {
        superseded++;
      }
    }
    List<HeldLabel> kept = new ArrayList<>(lower);
    kept.add(label);
    kept.addAll(higher);
    while (kept.size() > MAX_WAITING) {
      kept.remove(0);
      superseded++;
    }
    return Step.holding(new Held(null, null, kept)).withGivenWay(0, superseded, conflicting);
  }

  private static boolean beats(HeldLabel one, HeldLabel other) {
    return Precedence.holds(one, other) && one.getLabeledAt() <= other.getLabeledAt();
  }

  /**
   * The time came to look at what is held.
   *
   * @param clock the highest event time seen, in epoch milliseconds
   */
  public Step expire(Held held, long clock) {
    HeldScore score = held.getScore();
    if (score != null) {
      return ripen(held, score, clock);
    }
    List<HeldLabel> orphans = new ArrayList<>();
    List<HeldLabel> waiting = new ArrayList<>();
    for (HeldLabel label : held.getLabels()) {
      (freed(label.getLabeledAt()) < clock ? orphans : waiting).add(label);
    }
    return Step.holding(waiting.isEmpty() ? null : new Held(null, null, waiting))
        .withOrphans(orphans);
  }

  private Step ripen(Held held, HeldScore score, long clock) {
    boolean over = freed(score.getEventTime()) < clock;
    if (silence.isPresent() && held.getStanding() == null && ripe(score) < clock) {
      HeldLabel implied = silence.get().about(score);
      Held next = new Held(score, implied, List.of());
      return Step.holding(over ? null : next).withJoined(score, implied);
    }
    return Step.holding(over ? null : held);
  }

  /**
   * When, in epoch milliseconds, to look at something held; one that waits holds one label or more.
   */
  long deadline(Held held) {
    HeldScore score = held.getScore();
    if (score == null) {
      // Of labels that wait, the lowest revision is the earliest.
      return freed(held.getLabels().get(0).getLabeledAt());
    }
    return held.getStanding() == null ? ripe(score) : freed(score.getEventTime());
  }

  /** When silence about an event speaks, or the event is freed. */
  private long ripe(HeldScore score) {
    long time = score.getEventTime();
    return silence.isEmpty()
        ? freed(time)
        : Math.min(
            freed(time),
            TimeBounds.saturatedSum(
                time, TimeBounds.saturatedSum(silence.get().maturityMillis(), graceMillis)));
  }

  private long freed(long time) {
    return TimeBounds.saturatedSum(time, TimeBounds.saturatedSum(windowMillis, graceMillis));
  }

  private boolean inTime(HeldScore score, HeldLabel label) {
    return label.getLabeledAt() - score.getEventTime() <= windowMillis;
  }

  /** Without its bytes, which only a dead letter needs. */
  private static HeldLabel slim(HeldLabel label) {
    return HeldLabel.newBuilder(label)
        .setOriginalKey(null)
        .setOriginalValue(ByteBuffer.allocate(0))
        .setOriginalHeaders(List.of())
        .build();
  }
}
