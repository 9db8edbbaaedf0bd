package io.headwater.trainer.round;

import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.tune.HeadGraph;
import java.util.List;

/**
 * A depth beyond the head that a round may train as well.
 *
 * @param champion the segments in production
 * @param rows what crosses to them, for each of the round's examples in turn
 * @param drawnBack whether their weights are drawn back to where they were (L2-SP)
 */
public record Deeper(HeadGraph champion, List<Crossing> rows, boolean drawnBack) {
  public Deeper {
    rows = List.copyOf(rows);
  }
}
