package io.headwater.trainer.plan;

import io.headwater.model.pipeline.FreezeRule;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides how much of a model a training changes, from how many examples there are of each class,
 * how many weights each depth has, and how like the target is to the source (the four cases of
 * Yosinski et al., How transferable are features in deep neural networks?, 2014, as practised).
 *
 * <p>The bounds are rules of thumb; the holdout has the last word, towards fewer trained weights.
 */
public final class FreezePolicy {
  /** Examples of the rarest class from which on data can be large. */
  static final int MANY = 500;

  /** Weights that an example, with each class counting alike, can pay for from a warm start. */
  static final double WEIGHTS_PER_EXAMPLE = 1_000;

  /** From this similarity on the target is like the source. */
  static final double SIMILAR = 0.5;

  /** Examples of the rarest class below which nothing but the head is tried. */
  static final int FEW = 20;

  /** Segments in front of the head that few but similar examples may change. */
  static final int BEHIND_SMALL = 2;

  private final Ladder ladder;
  private final ExampleCounts counts;
  private final Likeness likeness;

  private FreezePolicy(Ladder ladder, ExampleCounts counts, Likeness likeness) {
    this.ladder = ladder;
    this.counts = counts;
    this.likeness = likeness;
  }

  /** Decides; the same arguments give the same decision. */
  public static FreezeDecision decide(
      FreezeRule rule, Ladder ladder, ExampleCounts counts, Likeness likeness) {
    FreezePolicy policy = new FreezePolicy(ladder, counts, likeness);
    if (rule instanceof FreezeRule.Last last) {
      return policy.chosen(rule, last.count());
    }
    if (rule instanceof FreezeRule.All) {
      return policy.chosen(rule, ladder.segments());
    }
    if (rule instanceof FreezeRule.Head) {
      return policy.decision(
          ladder.head(), Quadrant.CHOSEN, false, "the pipeline trains the head alone");
    }
    return policy.judged();
  }

  private FreezeDecision chosen(FreezeRule rule, int wanted) {
    Depth depth = ladder.atMost(wanted);
    String reason = "the pipeline says " + rule;
    if (depth.segments() < wanted) {
      reason +=
          wanted > ladder.segments()
              ? "; the model has " + ladder.segments() + " segments"
              : "; " + ladder.stop();
    } else if (depth.segments() > wanted) {
      reason += "; the package's head is " + depth.segments() + " segments";
    }
    return decision(depth, Quadrant.CHOSEN, false, reason);
  }

  private FreezeDecision judged() {
    if (!(likeness instanceof Likeness.Known known)) {
      return decision(
          ladder.head(), Quadrant.UNKNOWN, false, likeness.said() + ": only the head trains");
    }
    double affordable = WEIGHTS_PER_EXAMPLE * counts.balanced();
    boolean similar = known.similarity() >= SIMILAR;
    boolean large = counts.fewest() >= MANY && ladder.middle().weights() <= affordable;
    if (counts.fewest() < FEW) {
      return decision(
          ladder.head(),
          similar ? Quadrant.SMALL_SIMILAR : Quadrant.SMALL_DIFFERENT,
          false,
          "fewer than %d examples of the rarest class: only the head trains".formatted(FEW));
    }
    if (large) {
      return similar
          ? reached(ladder.middle(), Quadrant.LARGE_SIMILAR, false, "half of the segments train")
          : reached(ladder.deepest(), Quadrant.LARGE_DIFFERENT, false, "the whole network trains");
    }
    if (similar) {
      int most = ladder.head().segments() + BEHIND_SMALL;
      Depth few = ladder.affordable(affordable);
      return reached(
          ladder.atMost(Math.min(most, few.segments())),
          Quadrant.SMALL_SIMILAR,
          false,
          String.format(
              Locale.ROOT,
              "the head trains, and up to %d segments in front of it where each example pays for"
                  + " no more than %.0f weights",
              BEHIND_SMALL,
              WEIGHTS_PER_EXAMPLE));
    }
    return reached(
        ladder.middle(),
        Quadrant.SMALL_DIFFERENT,
        true,
        "half of the segments train, drawn back to their old weights");
  }

  private FreezeDecision reached(Depth depth, Quadrant quadrant, boolean drawnBack, String rule) {
    boolean stopped = depth.equals(ladder.deepest()) && !ladder.stop().isEmpty();
    return decision(
        depth,
        quadrant,
        drawnBack,
        "%s: %s; %s%s"
            .formatted(
                quadrant.code(), rule, likeness.said(), stopped ? "; " + ladder.stop() : ""));
  }

  private FreezeDecision decision(
      Depth depth, Quadrant quadrant, boolean drawnBack, String reason) {
    Map<String, Double> numbers = new TreeMap<>();
    numbers.put("freeze.segments", (double) depth.segments());
    numbers.put("freeze.weights", (double) depth.weights());
    numbers.put("freeze.examples", (double) counts.total());
    numbers.put("freeze.examples.rarest", (double) counts.fewest());
    if (likeness instanceof Likeness.Known known) {
      numbers.put("freeze.similarity", known.similarity());
      numbers.put("freeze.auc", known.auc());
    }
    boolean deep = depth.segments() > ladder.head().segments();
    String sentence =
        String.format(
            Locale.ROOT,
            "%s; %,d weights in %d of %d segments train on %d examples, %d of the rarest class",
            reason,
            depth.weights(),
            depth.segments(),
            ladder.segments(),
            counts.total(),
            counts.fewest());
    return new FreezeDecision(
        depth, ladder.head(), ladder.segments(), quadrant, drawnBack && deep, sentence, numbers);
  }
}
