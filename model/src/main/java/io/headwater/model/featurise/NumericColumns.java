package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.schemas.NumericColumn;
import io.headwater.schemas.NumericFeature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers side by side: x, or ln(1 + x), less the mean, over the deviation. */
final class NumericColumns implements EventFeature.Floats {
  private record Column(
      FieldPath field, boolean log, double mean, double deviation, @Nullable Double impute) {
    float value(JsonNode event) throws FeatureException {
      JsonNode node = field.in(event);
      double value;
      if (!Numbers.isMissing(node)) {
        value = Numbers.of(node, field);
      } else if (impute != null) {
        value = impute;
      } else {
        throw FeatureException.missing(field);
      }
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

  NumericColumns(String name, NumericFeature feature) {
    this.name = name;
    this.input = feature.getInput();
    this.columns = feature.getColumns().stream().map(NumericColumns::column).toArray(Column[]::new);
    if (columns.length == 0) {
      throw new IllegalArgumentException("it has no column");
    }
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
    for (int i = 0; i < columns.length; i++) {
      into[at + i] = columns[i].value(event);
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
