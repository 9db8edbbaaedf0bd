package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.schemas.CategoricalFeature;

/** A category as one integer, its index. */
final class CategoryIndex implements EventFeature {
  private final String name;
  private final String input;
  private final Category category;

  CategoryIndex(String name, CategoricalFeature feature) {
    this.name = name;
    this.input = feature.getInput();
    this.category = new Category(feature);
    if (!category.alwaysHasAnIndex()) {
      throw new IllegalArgumentException("an index has no value for an unknown category");
    }
  }

  @Override
  public String name() {
    return name;
  }

  String input() {
    return input;
  }

  long read(JsonNode event) throws FeatureException {
    return category.index(event);
  }
}
