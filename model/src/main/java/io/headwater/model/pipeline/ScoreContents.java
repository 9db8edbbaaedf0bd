package io.headwater.model.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a score carries besides what was decided, and by which of it answers are judged.
 *
 * @param fields what of the event is passed on: name in the score to dotted path, in order
 * @param maxFieldBytes what that may take in UTF-8, names aside; events with more are dead letters
 * @param embedding whether a score carries a vector: the named output, or what crosses from the
 *     frozen segments to the trainable ones
 * @param scoreOutput the graph output that is scored; null for the first
 * @param embeddingOutput the graph output that is the vector; null for what crosses
 * @param slices names among the fields by whose values evaluations are broken down
 * @param mostSlices values of each with figures of their own; the others count together
 */
public record ScoreContents(
    Map<String, String> fields,
    int maxFieldBytes,
    boolean embedding,
    @Nullable String scoreOutput,
    @Nullable String embeddingOutput,
    List<String> slices,
    int mostSlices) {
  private static final int FIELD_BYTES = 4096;
  private static final int SLICES = 10;

  /** Slim scores. */
  public static final ScoreContents SLIM =
      new ScoreContents(Map.of(), FIELD_BYTES, false, null, null, List.of(), SLICES);

  public ScoreContents {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    slices = List.copyOf(slices);
  }
}
