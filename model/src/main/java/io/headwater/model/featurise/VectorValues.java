package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.schemas.VectorFeature;
import java.util.List;

/** An array of numbers as it is, nested or flat. */
final class VectorValues implements EventFeature.Floats {
  private static final int MAX_DEPTH = 8;

  private final String name;
  private final String input;
  private final FieldPath field;
  private final List<Integer> dims;
  private final int size;

  VectorValues(String name, VectorFeature feature) {
    this.name = name;
    this.input = feature.getInput();
    this.field = FieldPath.of(feature.getField());
    this.dims = List.copyOf(feature.getDims());
    this.size = InputLayout.size(dims);
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
    return dims;
  }

  @Override
  public void read(JsonNode event, float[] into, int at) throws FeatureException {
    JsonNode node = field.in(event);
    if (node.isMissingNode() || node.isNull()) {
      throw FeatureException.missing(field);
    }
    if (!node.isArray()) {
      throw new FeatureException("field '" + field + "' is no array");
    }
    int end = append(node, into, at, at + size, 1);
    if (end != at + size) {
      throw new FeatureException(
          "field '%s' has %d numbers where %d are wanted".formatted(field, end - at, size));
    }
  }

  /** Returns where the next number goes. */
  private int append(JsonNode array, float[] into, int at, int end, int depth)
      throws FeatureException {
    int next = at;
    for (JsonNode item : array) {
      if (item.isArray()) {
        if (depth == MAX_DEPTH) {
          throw new FeatureException(
              "field '" + field + "' is nested deeper than " + MAX_DEPTH + " arrays");
        }
        next = append(item, into, next, end, depth + 1);
      } else if (next == end) {
        throw new FeatureException("field '" + field + "' has more than " + size + " numbers");
      } else {
        into[next++] = Numbers.narrow(Numbers.of(item, field), field);
      }
    }
    return next;
  }
}
