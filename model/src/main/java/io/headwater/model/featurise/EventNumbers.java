package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The numbers of an event as they stand in it, before any feature is made of them.
 *
 * @param fields what is read, in this order
 */
public record EventNumbers(List<FieldPath> fields) {
  public EventNumbers {
    fields = List.copyOf(fields);
  }

  /** Reads dotted paths. */
  public static EventNumbers of(List<String> dotted) {
    return new EventNumbers(dotted.stream().map(FieldPath::of).toList());
  }

  /** One per field; NaN where it is missing or no finite number. */
  public double[] in(JsonNode event) {
    double[] numbers = new double[fields.size()];
    for (int i = 0; i < numbers.length; i++) {
      FieldPath field = fields.get(i);
      JsonNode node = field.in(event);
      try {
        numbers[i] = Numbers.isMissing(node) ? Double.NaN : Numbers.of(node, field);
      } catch (FeatureException e) {
        numbers[i] = Double.NaN;
      }
    }
    return numbers;
  }
}
