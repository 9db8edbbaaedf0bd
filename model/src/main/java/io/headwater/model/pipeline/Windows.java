package io.headwater.model.pipeline;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The features that are computed over the latest events of a key, before an event is scored.
 *
 * @param by dotted path of the field that is the key, or {@code $key} for the record's key
 * @param over at least one
 */
public record Windows(String by, List<Window> over) {
  private static final String KEY = "$key";

  public Windows {
    over = List.copyOf(over);
  }

  public boolean byRecordKey() {
    return by.equals(KEY);
  }

  /**
   * A span of time that slides with the events.
   *
   * @param name where its features lie: {@code hw.<name>}
   */
  public record Window(String name, Duration size, List<Aggregate> features) {
    public Window {
      features = List.copyOf(features);
    }
  }

  /**
   * One feature.
   *
   * @param field dotted path of what is summed up; null where none is needed
   */
  public record Aggregate(String name, Compute compute, @Nullable String field) {}

  /** How events are summed up. */
  public enum Compute {
    /** Events; those that have the field, where one is given. */
    COUNT,
    SUM,
    MEAN,
    MAX,
    /** Different values of the field. */
    DISTINCT,
    /** Milliseconds since the key's latest earlier event in the window. */
    SINCE_LAST
  }
}
