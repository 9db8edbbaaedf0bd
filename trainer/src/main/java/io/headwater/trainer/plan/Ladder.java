package io.headwater.trainer.plan;

import java.util.List;
import java.util.Optional;

/**
 * The depths at which a model can be trained, from its head towards its input, and where else a
 * head could tap it.
 *
 * @param depths at least one, in ascending order; the first is the head
 * @param segments how many the model has
 * @param stop why none is deeper, a sentence without its full stop; empty where the last reaches
 *     the input
 * @param taps in ascending order of what they keep
 * @param inFront how many segments stand in front of where the head taps
 */
public record Ladder(List<Depth> depths, int segments, String stop, List<Tap> taps, int inFront) {
  /**
   * Where a head could tap the model.
   *
   * @param kept how many leading segments stay
   * @param weights of a head there
   */
  public record Tap(int kept, long weights) {}

  public Ladder {
    depths = List.copyOf(depths);
    taps = List.copyOf(taps);
    if (depths.isEmpty()) {
      throw new IllegalArgumentException("a model without a head can't be trained");
    }
  }

  /** A model that is tapped where its head is, and nowhere else. */
  public Ladder(List<Depth> depths, int segments, String stop) {
    this(depths, segments, stop, List.of(), segments - depths.get(0).segments());
  }

  /** The head alone. */
  public Depth head() {
    return depths.get(0);
  }

  /** As much as can be trained. */
  public Depth deepest() {
    return depths.get(depths.size() - 1);
  }

  /** Whether there is anything but the head to choose. */
  public boolean hasChoice() {
    return depths.size() > 1 || !taps.isEmpty();
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

  /** The tap that keeps so many segments. */
  public Optional<Tap> tap(int kept) {
    return taps.stream().filter(tap -> tap.kept() == kept).findFirst();
  }

  /** The last tap that keeps no more than a share of the segments in front of the head. */
  public Optional<Tap> tapAt(double share) {
    double most = share * inFront;
    Tap found = null;
    for (Tap tap : taps) {
      found = tap.kept() <= most ? tap : found;
    }
    return Optional.ofNullable(found);
  }
}
