package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.schemas.CategoricalFeature;
import java.util.List;

/** A category as floats: 1 at its index and 0 elsewhere. */
final class CategoryOneHot implements EventFeature.Floats {
  private final String name;
  private final String input;
  private final Category category;

  CategoryOneHot(String name, CategoricalFeature feature) {
    this.name = name;
    this.input = feature.getInput();
    this.category = new Category(feature);
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
    return List.of(category.size());
  }

  @Override
  public void read(JsonNode event, float[] into, int at) throws FeatureException {
    int index = category.index(event);
    if (index != Category.NONE) {
      into[at + index] = 1;
    }
  }
}
