package io.headwater.trainer.plan;

import java.util.List;

/**
 * The depths at which a model can be trained, from its head towards its input.
 *
 * @param depths at least one, in ascending order; the first is the head
 * @param segments how many the model has
 * @param stop why none is deeper, a sentence without its full stop; empty where the last reaches
 *     the input
 */
public record Ladder(List<Depth> depths, int segments, String stop) {
  public Ladder {
    depths = List.copyOf(depths);
    if (depths.isEmpty()) {
      throw new IllegalArgumentException("a model without a head can't be trained");
    }
  }

  /** The head alone. */
  public Depth head() {
    return depths.get(0);
  }

  /** As much as can be trained. */
  public Depth deepest() {
    return depths.get(depths.size() - 1);
  }

  /** The deepest of at most so many segments, never less than the head. */
  public Depth atMost(int count) {
    Depth found = head();
    for (Depth depth : depths) {
      found = depth.segments() <= count ? depth : found;
    }
    return found;
  }

  /** Half of the model's segments, as far as they can be trained. */
  public Depth middle() {
    return atMost((segments + 1) / 2);
  }

  /** The deepest that changes no more numbers, never less than the head. */
  public Depth affordable(double weights) {
    Depth found = head();
    for (Depth depth : depths) {
      found = depth.weights() <= weights ? depth : found;
    }
    return found;
  }
}
