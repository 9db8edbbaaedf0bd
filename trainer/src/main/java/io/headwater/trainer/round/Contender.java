package io.headwater.trainer.round;

import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.TuneSettings;
import java.util.List;

/**
 * Another depth, or another head, that a round trains beside the head.
 *
 * @param name what reasons call it
 * @param after whose weights it starts from: another contender's that comes before it, or {@link
 *     #HEAD}'s; {@link #NOTHING} where it starts from its own
 * @param start the segments as they are before
 * @param rows what crosses to them, for each of the round's examples in turn
 * @param how it is tuned
 * @param simpler whether it trains no more weights than the head
 */
public record Contender(
    String name,
    String after,
    HeadGraph start,
    List<Crossing> rows,
    TuneSettings how,
    boolean simpler) {
  /** The head alone, which always trains first. */
  public static final String HEAD = "the head alone";

  /** No other weights. */
  public static final String NOTHING = "";

  public Contender {
    rows = List.copyOf(rows);
  }
}
