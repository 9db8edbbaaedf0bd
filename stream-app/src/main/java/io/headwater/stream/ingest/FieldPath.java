package io.headwater.stream.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The place of a field in an event.
 *
 * @param names from the event's top level down
 */
public record FieldPath(List<String> names) {
  public FieldPath {
    names = List.copyOf(names);
  }

  /** Reads a dotted path, such as {@code mail.subject}. */
  public static FieldPath of(String dotted) {
    return new FieldPath(List.of(dotted.split("\\.", -1)));
  }

  /** The field, or null where the event has none or holds null there. */
  public @Nullable JsonNode in(JsonNode event) {
    JsonNode at = event;
    for (String name : names) {
      at = at.get(name);
      if (at == null || at.isNull()) {
        return null;
      }
    }
    return at;
  }

  @Override
  public String toString() {
    return String.join(".", names);
  }
}
