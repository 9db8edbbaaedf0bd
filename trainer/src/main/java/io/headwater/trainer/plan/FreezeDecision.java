package io.headwater.trainer.plan;

import java.util.Map;
import java.util.TreeMap;

/**
 * How deep a training goes, and why.
 *
 * @param depth what trains
 * @param head what the head alone would be
 * @param segments how many the model has
 * @param drawnBack whether weights are to be drawn back to where they were (L2-SP)
 * @param reason a sentence with its numbers, without its full stop
 * @param numbers what was decided on, by name
 */
public record FreezeDecision(
    Depth depth,
    Depth head,
    int segments,
    Quadrant quadrant,
    boolean drawnBack,
    String reason,
    Map<String, Double> numbers) {
  public FreezeDecision {
    numbers = Map.copyOf(numbers);
  }

  /** Whether more than the head trains. */
  public boolean deep() {
    return depth.segments() > head.segments();
  }

  /** As lineage and the pipeline file spell what trains: head, segments:N or all. */
  public String freeze() {
    if (!deep()) {
      return "head";
    }
    return depth.segments() == segments ? "all" : "segments:" + depth.segments();
  }

  /** The head alone after all, for a reason that is put behind the first. */
  public FreezeDecision headInstead(String why) {
    Map<String, Double> fewer = new TreeMap<>(numbers);
    fewer.put("freeze.segments", (double) head.segments());
    fewer.put("freeze.weights", (double) head.weights());
    return new FreezeDecision(
        head, head, segments, quadrant, false, reason + "; but " + why, fewer);
  }

  /**
   * What became of it on the holdout.
   *
   * @param deeper whether the deeper segments were kept
   * @param said what the holdout said; empty where nothing deeper was tried
   * @param figures more numbers
   */
  public FreezeDecision judged(boolean deeper, String said, Map<String, Double> figures) {
    if (said.isEmpty()) {
      return this;
    }
    Map<String, Double> all = new TreeMap<>(numbers);
    all.putAll(figures);
    all.put("freeze.planned.segments", (double) depth.segments());
    FreezeDecision kept =
        new FreezeDecision(depth, head, segments, quadrant, drawnBack, reason + "; " + said, all);
    return deeper ? kept : kept.headInstead("the head alone is published");
  }
}
