package io.headwater.model.log;

import io.headwater.schemas.BlobHint;
import io.headwater.schemas.BlobRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Stretches of the blob topic to read, so that hinted chunks come in as few passes as possible. */
final class HintedRuns {
  /** Reading over this many other records costs less than a seek. */
  private static final long WORTH_READING_OVER = 8;

  private HintedRuns() {}

  /**
   * A stretch of offsets.
   *
   * @param from first, inclusive
   * @param to last, exclusive
   */
  record Run(int partition, long from, long to) {}

  /** The stretches that hold the wanted blobs' chunks by their hints, in order. */
  static List<Run> of(Collection<BlobRef> wanted, Map<String, BlobHint> hints) {
    Map<Integer, TreeSet<Long>> offsets = new TreeMap<>();
    for (BlobRef blob : wanted) {
      BlobHint hint = hints.get(blob.getDigest());
      if (hint != null && isPlausible(blob, hint)) {
        offsets
            .computeIfAbsent(hint.getPartition(), partition -> new TreeSet<>())
            .addAll(hint.getOffsets());
      }
    }
    List<Run> runs = new ArrayList<>();
    offsets.forEach((partition, at) -> merge(partition, at, runs));
    return List.copyOf(runs);
  }

  /** Whether a hint has a place for each of the blob's chunks. */
  static boolean isPlausible(BlobRef blob, BlobHint hint) {
    return hint.getPartition() >= 0
        && hint.getOffsets().size() == Chunks.count(blob.getBytes())
        && hint.getOffsets().stream().allMatch(offset -> offset >= 0 && offset < Long.MAX_VALUE);
  }

  private static void merge(int partition, SortedSet<Long> offsets, List<Run> runs) {
    long from = offsets.first();
    long last = from;
    for (long offset : offsets) {
      if (offset - last > WORTH_READING_OVER) {
        runs.add(new Run(partition, from, last + 1));
        from = offset;
      }
      last = offset;
    }
    runs.add(new Run(partition, from, last + 1));
  }
}
