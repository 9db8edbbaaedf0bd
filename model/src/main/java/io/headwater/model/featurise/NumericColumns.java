package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.schemas.NumericColumn;
import io.headwater.schemas.NumericFeature;
import io.headwater.schemas.serde.LazyFields;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers side by side: x, or ln(1 + x), less the mean, over the deviation. */
final class NumericColumns implements EventFeature.Floats {
  private record Column(
      FieldPath field, boolean log, double mean, double deviation, @Nullable Double impute) {
    float value(JsonNode event) throws FeatureException {
      JsonNode node = field.in(event);
      if (!Numbers.isMissing(node)) {
        return value(Numbers.of(node, field));
      } else if (impute != null) {
        return value(impute);
      }
      throw FeatureException.missing(field);
    }

    float value(double number) throws FeatureException {
      double value = number;
      if (log) {
        if (value <= -1) {
          throw new FeatureException("field '" + field + "' has no ln(1 + x): it is not above -1");
        }
        value = Math.log1p(value);
      }
      return Numbers.narrow((value - mean) / deviation, field);
    }
  }

  private final String name;
  private final String input;
  private final Column[] columns;

  /** Of each column; NaN where a logarithm is wanted, so that {@link Column} reckons. */
  private final double[] means;

  private final double[] deviations;

  /** For events like the last one. */
  private Places places = new Places(Map.of(), new int[0]);

  /**
   * Where the columns' fields lie in events whose fields lie at {@code all}; {@link #NOWHERE} for
   * those that aren't at the top.
   */
  private record Places(Map<String, Integer> all, int[] columns) {
    static final int NOWHERE = -1;

    static Places of(Map<String, Integer> all, Column[] columns) {
      int[] places = new int[columns.length];
      for (int i = 0; i < places.length; i++) {
        List<String> names = columns[i].field().names();
        places[i] = names.size() == 1 ? all.getOrDefault(names.get(0), NOWHERE) : NOWHERE;
      }
      return new Places(all, places);
    }
  }

  NumericColumns(String name, NumericFeature feature) {
    this.name = name;
    this.input = feature.getInput();
    this.columns = feature.getColumns().stream().map(NumericColumns::column).toArray(Column[]::new);
    if (columns.length == 0) {
      throw new IllegalArgumentException("it has no column");
    }
    this.means = Arrays.stream(columns).mapToDouble(c -> c.log() ? Double.NaN : c.mean()).toArray();
    this.deviations = Arrays.stream(columns).mapToDouble(Column::deviation).toArray();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String input() {
    return input;
  }

  @Override
  public List<Integer> dims() {
    return List.of(columns.length);
  }

  @Override
  public void read(JsonNode event, float[] into, int at) throws FeatureException {
    LazyFields fields = LazyFields.of(event);
    if (fields == null) {
      for (int i = 0; i < columns.length; i++) {
        into[at + i] = columns[i].value(event);
      }
      return;
    }
    Places known = places;
    if (known.all() != fields.places()) {
      known = Places.of(fields.places(), columns);
      places = known;
    }
    for (int i = 0; i < columns.length; i++) {
      int place = known.columns()[i];
      double number = place == Places.NOWHERE ? Double.NaN : fields.number(place);
      float value = (float) ((number - means[i]) / deviations[i]);
      if (Math.abs(value) <= Float.MAX_VALUE) {
        into[at + i] = value;
      } else {
        into[at + i] = Double.isNaN(number) ? columns[i].value(event) : columns[i].value(number);
      }
    }
  }

  private static Column column(NumericColumn column) {
    Double impute = column.getImpute();
    boolean sound =
        Double.isFinite(column.getMean())
            && Double.isFinite(column.getDeviation())
            && column.getDeviation() > 0
            && (impute == null || Double.isFinite(impute))
            && (impute == null || !column.getLog() || impute > -1);
    if (!sound) {
      throw new IllegalArgumentException(
          "field '"
              + column.getField()
              + "' needs a finite mean, a deviation above 0 and, with a logarithm, an imputed value"
              + " above -1");
    }
    return new Column(
        FieldPath.of(column.getField()),
        column.getLog(),
        column.getMean(),
        column.getDeviation(),
        impute);
  }
}
