package io.headwater.trainer.replay;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A labelled example as training uses it.
 *
 * @param revision of its label; a higher one supersedes; -1 where no label came and the pipeline
 *     takes silence for one
 * @param labeledAt when the truth was known, epoch milliseconds
 * @param eventTime when the event happened, epoch milliseconds
 * @param classIndex index of its label among the pipeline's
 * @param weight how much it counts, > 0
 * @param activation the champion's frozen prefix's answer, as it was logged; never changed; null
 *     where it must be computed again
 * @param partition of the training log
 * @param offset in that partition
 * @param event where the event lies; null where that is not known
 * @param source who or what gave the label; empty where nothing says
 * @param number the label where labels are numbers; else 0
 * @param slices the parts of the stream that the event belongs to, by name
 */
public record ReplayExample(
    String eventId,
    int revision,
    long labeledAt,
    long eventTime,
    int classIndex,
    float weight,
    float @Nullable [] activation,
    int partition,
    long offset,
    @Nullable EventAt event,
    String source,
    double number,
    List<String> slices) {
  /** An example of a class, of which nothing else is known. */
  public ReplayExample(
      String eventId,
      int revision,
      long labeledAt,
      long eventTime,
      int classIndex,
      float weight,
      float @Nullable [] activation,
      int partition,
      long offset) {
    this(
        eventId,
        revision,
        labeledAt,
        eventTime,
        classIndex,
        weight,
        activation,
        partition,
        offset,
        null,
        "",
        0,
        List.of());
  }

  /** By when the label was known, then by event time; the id settles ties. */
  public static final Comparator<ReplayExample> LABELLED_ORDER =
      Comparator.comparingLong(ReplayExample::labeledAt)
          .thenComparingLong(ReplayExample::eventTime)
          .thenComparing(ReplayExample::eventId);

  /** Whether this one holds where both speak of one event. */
  boolean supersedes(ReplayExample other) {
    if (revision != other.revision) {
      return revision > other.revision;
    }
    // The join's own precedence. It writes an example only where that holds against those before.
    if (labeledAt != other.labeledAt) {
      return labeledAt < other.labeledAt;
    }
    return partition != other.partition ? partition < other.partition : offset > other.offset;
  }
}
