package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.pipeline.FeatureSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Mean and deviation of the fields that a pipeline standardises, measured on events. */
public final class Statistics {
  private static final Statistics NONE = new Statistics();

  private record Column(String field, boolean log) {}

  /**
   * What was measured of one field.
   *
   * @param events how many had a number there
   * @param deviation of the sample's own, not of what it was drawn from; 1 for a constant
   */
  public record Moments(long events, double mean, double deviation) {}

  /** Welford's running sums. */
  private static final class Sums {
    private long count;
    private double mean;
    private double squares;

    void add(double value) {
      count++;
      double before = value - mean;
      mean += before / count;
      squares += before * (value - mean);
    }

    Moments moments() {
      double deviation = Math.sqrt(squares / count);
      return new Moments(count, mean, deviation > 0 ? deviation : 1);
    }
  }

  private final Map<Column, Sums> sums = new HashMap<>();

  private Statistics() {}

  /** Nothing measured: a pipeline that standardises can't be bound with it. */
  public static Statistics none() {
    return NONE;
  }

  /** Measures every field that the features standardise; values that are no numbers don't count. */
  public static Statistics of(List<FeatureSpec> features, Iterable<? extends JsonNode> events) {
    Statistics statistics = new Statistics();
    for (FeatureSpec feature : features) {
      if (feature instanceof FeatureSpec.Numeric numeric && numeric.standardise()) {
        for (String field : numeric.fields()) {
          statistics.sums.put(new Column(field, numeric.log().contains(field)), new Sums());
        }
      }
    }
    statistics.sums.forEach(
        (column, sum) -> {
          FieldPath path = FieldPath.of(column.field());
          for (JsonNode event : events) {
            add(sum, column.log(), path, event);
          }
        });
    return statistics;
  }

  /** What was measured of a field (of its ln(1 + x) where {@code log} says so), if anything. */
  public Optional<Moments> of(String field, boolean log) {
    Sums measured = sums.get(new Column(field, log));
    return measured == null || measured.count == 0
        ? Optional.empty()
        : Optional.of(measured.moments());
  }

  private static void add(Sums sum, boolean log, FieldPath path, JsonNode event) {
    JsonNode node = path.in(event);
    if (Numbers.isMissing(node)) {
      return;
    }
    try {
      double value = Numbers.of(node, path);
      if (!log || value > -1) {
        sum.add(log ? Math.log1p(value) : value);
      }
    } catch (FeatureException e) {
      // Such an event is refused when it is scored or trained on; it tells nothing here.
      return;
    }
  }
}
