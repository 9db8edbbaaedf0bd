package io.headwater.trainer.plan;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What of a model a training changes, and why.
 *
 * @param ways what is tried besides the head, in this order; of several the holdout chooses one
 * @param head what the head alone would be
 * @param segments how many the model has
 * @param reason a sentence with its numbers, without its full stop
 * @param numbers what was decided on, by name
 */
public record FreezeDecision(
    List<Way> ways,
    Depth head,
    int segments,
    Quadrant quadrant,
    String reason,
    Map<String, Double> numbers) {
  public FreezeDecision {
    ways = List.copyOf(ways);
    numbers = Map.copyOf(numbers);
  }

  /** Whether more than the head trains, or another head. */
  public boolean deep() {
    return !ways.isEmpty();
  }

  /** As lineage and the pipeline file spell what trains: head, segments:N, tap:K or all. */
  public String freeze() {
    return deep() ? ways.stream().map(Way::name).collect(Collectors.joining(" or ")) : "head";
  }

  /** The head alone after all, for a reason that is put behind the first. */
  public FreezeDecision headInstead(String why) {
    return with(List.of(), reason + "; but " + why, numbers);
  }

  /** Without one of the ways, for a reason that is put behind the first. */
  public FreezeDecision without(Way way, String why) {
    List<Way> others = ways.stream().filter(other -> !other.equals(way)).toList();
    return others.isEmpty()
        ? headInstead(why + ": only the head trains")
        : with(others, "%s; but not %s: %s".formatted(reason, way.name(), why), numbers);
  }

  /**
   * What became of it on the holdout.
   *
   * @param kept the way that is published; null for the head alone
   * @param said what the holdout said; empty where nothing but the head was tried
   * @param figures more numbers
   */
  public FreezeDecision judged(@Nullable Way kept, String said, Map<String, Double> figures) {
    if (said.isEmpty()) {
      return this;
    }
    Map<String, Double> all = new TreeMap<>(numbers);
    all.putAll(figures);
    FreezeDecision judged = with(ways, reason + "; " + said, all);
    return kept == null
        ? judged.headInstead("the head alone is published")
        : judged.with(List.of(kept), judged.reason, all);
  }

  private FreezeDecision with(List<Way> others, String why, Map<String, Double> figures) {
    Map<String, Double> all = new TreeMap<>(figures);
    Way first = others.isEmpty() ? null : others.get(0);
    all.put("freeze.segments", (double) (first == null ? head.segments() : first.segments()));
    all.put("freeze.weights", (double) (first == null ? head.weights() : first.weights()));
    all.remove("freeze.tap");
    if (first != null && first.taps()) {
      all.put("freeze.tap", (double) first.tap());
    }
    return new FreezeDecision(others, head, segments, quadrant, why, all);
  }

  /** The same with the numbers of its first way. */
  FreezeDecision numbered() {
    return with(ways, reason, numbers);
  }
}
