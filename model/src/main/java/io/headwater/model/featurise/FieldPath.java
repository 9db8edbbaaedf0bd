package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;

/**
 * Where a field lies in an event: names joined by dots, from the outermost object inwards.
 *
 * @param names at least one
 */
public record FieldPath(List<String> names) {
  public FieldPath {
    names = List.copyOf(names);
  }

  /**
   * Reads {@code a.b.c}.
   *
   * @throws IllegalArgumentException where a name is empty
   */
  public static FieldPath of(String dotted) {
    List<String> names = List.of(dotted.split("\\.", -1));
    if (names.contains("")) {
      throw new IllegalArgumentException("field path '" + dotted + "' has an empty name in it");
    }
    return new FieldPath(names);
  }

  /** What lies there; a missing node where nothing does or something on the way is no object. */
  public JsonNode in(JsonNode event) {
    JsonNode node = event;
    for (String name : names) {
      JsonNode inner = node.get(name);
      if (inner == null) {
        return MissingNode.getInstance();
      }
      node = inner;
    }
    return node;
  }

  @Override
  public String toString() {
    return String.join(".", names);
  }
}
