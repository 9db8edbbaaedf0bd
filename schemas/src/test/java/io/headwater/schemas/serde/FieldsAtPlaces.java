package io.headwater.schemas.serde;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

/** What is read at a field's place without a node made of it. */
final class FieldsAtPlaces {
  private FieldsAtPlaces() {}

  /** That it is the node's, where it is anything. */
  static void agree(LazyFields fields, String name, JsonNode node) {
    int place = requireNonNull(fields.places().get(name));
    double number = fields.number(place);
    if (!Double.isNaN(number)) {
      assertThat(number).as(name).isEqualTo(node.doubleValue());
    }
    String text = fields.text(place);
    if (text != null) {
      assertThat(node.isTextual()).as(name).isTrue();
      assertThat(text).as(name).isEqualTo(node.textValue());
    }
  }
}
