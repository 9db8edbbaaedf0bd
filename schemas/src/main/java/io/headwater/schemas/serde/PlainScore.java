package io.headwater.schemas.serde;

import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a {@link Score} as a version answers them, without the objects that a record of it
 * takes: there is one for every event.
 *
 * @param eventTime epoch milliseconds
 * @param probabilities one per class; none where the labels are numbers
 * @param scoredAt epoch milliseconds
 * @param value where the labels are numbers
 * @param embedding where the pipeline asks for it
 * @param fields of the event, where the pipeline passes any on
 */
public record PlainScore(
    String eventId,
    long eventTime,
    String version,
    Stage stage,
    String decision,
    float[] probabilities,
    long scoredAt,
    @Nullable Float value,
    float @Nullable [] embedding,
    @Nullable Map<String, @Nullable Object> fields) {

  /** One without what few pipelines ask for. */
  public PlainScore(
      String eventId,
      long eventTime,
      String version,
      Stage stage,
      String decision,
      float[] probabilities,
      long scoredAt) {
    this(eventId, eventTime, version, stage, decision, probabilities, scoredAt, null, null, null);
  }

  /** Whether it has nothing but what every score has. */
  boolean isSlim() {
    return value == null && embedding == null && fields == null;
  }

  /** The same as a record. */
  public Score score() {
    return new Score(
        eventId,
        Instant.ofEpochMilli(eventTime),
        version,
        stage,
        decision,
        boxed(probabilities),
        Instant.ofEpochMilli(scoredAt),
        value,
        embedding == null ? null : boxed(embedding),
        fields);
  }

  private static List<Float> boxed(float[] values) {
    List<Float> boxed = new ArrayList<>(values.length);
    for (float value : values) {
      boxed.add(value);
    }
    return boxed;
  }
}
