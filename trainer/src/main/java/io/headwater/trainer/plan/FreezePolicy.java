package io.headwater.trainer.plan;

import io.headwater.model.pipeline.FreezeRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decides how much of a model a training changes, from how many examples there are of each class,
 * how many weights each depth has, and how like the target is to the source (the four cases of
 * Yosinski et al., How transferable are features in deep neural networks?, 2014, as practised).
 *
 * <p>The bounds are rules of thumb; the holdout has the last word, towards fewer trained weights.
 */
public final class FreezePolicy {
  /**
   * Examples of the rarest class from which on data can be large. On public pictures of ten classes
   * what is best changes between 20 and 100 of each.
   */
  static final int MANY = 50;

  /**
   * Weights that an example can pay for from a warm start. Of many examples each class counts
   * alike; of few similar ones all do, as what is in front of the head hardly changes with the
   * class.
   */
  static final double WEIGHTS_PER_EXAMPLE = 1_000;

  /** From this similarity on the target is like the source. */
  static final double SIMILAR = 0.5;

  /** Examples of the rarest class below which, of a different target, no segment is tried. */
  static final int FEW = 20;

  /** The same of a similar target, whose segments have less far to go. */
  static final int FEW_ALIKE = 3;

  /** Segments in front of the head that few but similar examples may change. */
  static final int BEHIND_SMALL = 2;

  /** Where few and different examples tap the model, as a share of what is in front. */
  static final double TAP_OF_FEW = 0.6;

  /** Where many different ones may tap it: the last layers before a head serve the source alone. */
  static final double TAP_OF_MANY = 0.87;

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
    if (rule instanceof FreezeRule.Tap tap) {
      return policy.tapped(tap);
    }
    if (rule instanceof FreezeRule.Head) {
      return policy.decision(List.of(), Quadrant.CHOSEN, "the pipeline trains the head alone");
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
    return decision(last(depth, false), Quadrant.CHOSEN, reason);
  }

  private FreezeDecision tapped(FreezeRule.Tap rule) {
    String reason = "the pipeline says " + rule;
    if (ladder.inFront() <= rule.kept()) {
      return decision(
          List.of(),
          Quadrant.CHOSEN,
          "%s; the head taps the model behind segment %d: only the head trains"
              .formatted(reason, ladder.inFront()));
    }
    return ladder
        .tap(rule.kept())
        .map(tap -> decision(List.of(way(tap)), Quadrant.CHOSEN, reason))
        .orElseGet(
            () ->
                decision(
                    List.of(),
                    Quadrant.CHOSEN,
                    reason
                        + "; no head can tap the model there (headwater model inspect shows what"
                        + " crosses): only the head trains"));
  }

  private FreezeDecision judged() {
    if (!(likeness instanceof Likeness.Known known)) {
      return decision(List.of(), Quadrant.UNKNOWN, likeness.said() + ": only the head trains");
    }
    double affordable = WEIGHTS_PER_EXAMPLE * counts.balanced();
    boolean similar = known.similarity() >= SIMILAR;
    boolean large = counts.fewest() >= MANY && ladder.middle().weights() <= affordable;
    if (large) {
      if (similar) {
        return reached(
            last(ladder.middle(), false), Quadrant.LARGE_SIMILAR, "half of the segments train");
      }
      List<Way> ways = new ArrayList<>(tapAt(TAP_OF_MANY));
      ways.addAll(last(ladder.deepest(), false));
      return reached(ways, Quadrant.LARGE_DIFFERENT, "the whole network trains" + tapToo(ways));
    }
    return similar ? smallSimilar() : smallDifferent();
  }

  private FreezeDecision smallSimilar() {
    if (counts.fewest() < FEW_ALIKE) {
      return decision(List.of(), Quadrant.SMALL_SIMILAR, fewer(FEW_ALIKE));
    }
    int most = ladder.head().segments() + BEHIND_SMALL;
    Depth few = ladder.affordable(WEIGHTS_PER_EXAMPLE * counts.total());
    return reached(
        last(ladder.atMost(Math.min(most, few.segments())), false),
        Quadrant.SMALL_SIMILAR,
        String.format(
            Locale.ROOT,
            "the head trains, and up to %d segments in front of it where each example pays for"
                + " no more than %.0f weights",
            BEHIND_SMALL,
            WEIGHTS_PER_EXAMPLE));
  }

  private FreezeDecision smallDifferent() {
    List<Way> ways = new ArrayList<>(tapAt(TAP_OF_FEW));
    if (counts.fewest() < FEW) {
      return ways.isEmpty()
          ? decision(ways, Quadrant.SMALL_DIFFERENT, fewer(FEW))
          : reached(
              ways,
              Quadrant.SMALL_DIFFERENT,
              "fewer than %d examples%s: only a head trains, where it is or at an earlier tap"
                  .formatted(FEW, counts.ofFewest()));
    }
    ways.addAll(last(ladder.middle(), true));
    return reached(
        ways,
        Quadrant.SMALL_DIFFERENT,
        "half of the segments train, drawn back to their old weights" + tapToo(ways));
  }

  private String fewer(int bound) {
    return "fewer than %d examples%s: only the head trains".formatted(bound, counts.ofFewest());
  }

  private List<Way> tapAt(double share) {
    return ladder.tapAt(share).map(this::way).stream().toList();
  }

  private static String tapToo(List<Way> ways) {
    return ways.stream().anyMatch(Way::taps) ? ", or a head at an earlier tap" : "";
  }

  private Way way(Ladder.Tap tap) {
    return Way.tap(tap.kept(), tap.weights(), ladder.segments());
  }

  private List<Way> last(Depth depth, boolean drawnBack) {
    return depth.segments() > ladder.head().segments()
        ? List.of(Way.last(depth, drawnBack, ladder.segments()))
        : List.of();
  }

  private FreezeDecision reached(List<Way> ways, Quadrant quadrant, String rule) {
    int deepest = ways.stream().mapToInt(Way::segments).reduce(ladder.head().segments(), Math::max);
    boolean stopped = !ladder.stop().isEmpty() && deepest == ladder.deepest().segments();
    return decision(
        ways,
        quadrant,
        "%s: %s; %s%s"
            .formatted(
                quadrant.code(), rule, likeness.said(), stopped ? "; " + ladder.stop() : ""));
  }

  private FreezeDecision decision(List<Way> ways, Quadrant quadrant, String reason) {
    Map<String, Double> numbers = new TreeMap<>();
    numbers.put("freeze.examples", (double) counts.total());
    numbers.put("freeze.examples.rarest", (double) counts.fewest());
    if (likeness instanceof Likeness.Known known) {
      numbers.put("freeze.similarity", known.similarity());
      numbers.put("freeze.shift", known.shift());
      numbers.put("freeze.auc", known.auc());
    }
    String sentence =
        String.format(
            Locale.ROOT,
            "%s; %s of %d segments on %d examples%s",
            reason,
            changed(ways),
            ladder.segments(),
            counts.total(),
            counts.classes() ? ", " + counts.fewest() + counts.ofFewest() : "");
    return new FreezeDecision(ways, ladder.head(), ladder.segments(), quadrant, sentence, numbers)
        .numbered();
  }

  private String changed(List<Way> ways) {
    if (ways.isEmpty()) {
      return String.format(
          Locale.ROOT, "%,d weights in %d", ladder.head().weights(), ladder.head().segments());
    }
    return ways.stream()
        .map(
            way ->
                way.taps()
                    ? String.format(Locale.ROOT, "%,d weights behind %d", way.weights(), way.tap())
                    : String.format(
                        Locale.ROOT, "%,d weights in %d", way.weights(), way.segments()))
        .collect(Collectors.joining(", or "));
  }
}
