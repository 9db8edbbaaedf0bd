package io.headwater.stream.score;

import io.headwater.stream.score.Batch.Prepared;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Sorts events by length and cuts them into the batches that cost least.
 *
 * <p>A batch of n events costs n times its longest, as the others are padded to that, and {@link
 * #RUN_TOKENS} besides. The least sum over all cuts comes from the least sums of the shorter ones
 * (dynamic programming): events x batch size steps, some thousands for a chunk.
 */
final class LengthBatches {
  /** What a run costs besides its tokens, in tokens. */
  static final int RUN_TOKENS = 16;

  private LengthBatches() {}

  /**
   * All events in batches of {@code max} at most; as they came where they have no length.
   *
   * @param events are sorted by length in place
   */
  static List<List<Prepared>> of(List<Prepared> events, int max) {
    List<List<Prepared>> batches = new ArrayList<>();
    if (events.isEmpty()) {
      return batches;
    }
    if (events.get(0).features().texts().length == 0) {
      for (int from = 0; from < events.size(); from += max) {
        batches.add(events.subList(from, Math.min(from + max, events.size())));
      }
      return batches;
    }
    events.sort(Comparator.comparingInt(event -> event.features().length()));
    int[] lengths = events.stream().mapToInt(event -> event.features().length()).toArray();
    int[] starts = starts(lengths, max);
    for (int end = lengths.length; end > 0; end = starts[end]) {
      batches.add(events.subList(starts[end], end));
    }
    return batches;
  }

  /**
   * Where the last batch begins, in the best cut of each number of leading events.
   *
   * @param lengths ascending
   */
  static int[] starts(int[] lengths, int max) {
    long[] least = new long[lengths.length + 1];
    int[] starts = new int[lengths.length + 1];
    for (int end = 1; end <= lengths.length; end++) {
      least[end] = Long.MAX_VALUE;
      for (int from = end - 1; from >= Math.max(0, end - max); from--) {
        long cost = least[from] + (long) (end - from) * lengths[end - 1] + RUN_TOKENS;
        if (cost < least[end]) {
          least[end] = cost;
          starts[end] = from;
        }
      }
    }
    return starts;
  }
}
