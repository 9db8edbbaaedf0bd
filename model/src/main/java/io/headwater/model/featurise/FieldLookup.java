package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.schemas.serde.LazyFields;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field that is looked up in event after event: where it lay in the last one, it lies in all that
 * have the same fields.
 *
 * <p>Safe for use by several threads.
 */
public final class FieldLookup {
  private final FieldPath path;
  private final @Nullable String name;
  private Place last = new Place(Map.of(), null);

  /**
   * Where the field lies in events whose fields lie at {@code all}; null where it must be asked
   * for.
   */
  private record Place(Map<String, Integer> all, @Nullable Integer place) {}

  /** Looks a field up; what lies deeper than an event's own fields must be asked for each time. */
  public FieldLookup(FieldPath path) {
    List<String> names = path.names();
    this.path = path;
    this.name = names.size() == 1 ? names.get(0) : null;
  }

  /** The field. */
  public FieldPath path() {
    return path;
  }

  /** The field's text without a node made of it; null where the field must be asked for. */
  public @Nullable String text(JsonNode event) {
    LazyFields fields = LazyFields.of(event);
    if (fields == null || name == null) {
      return null;
    }
    Place known = last;
    if (known.all() != fields.places()) {
      known = new Place(fields.places(), fields.places().get(name));
      last = known;
    }
    return known.place() == null ? null : fields.text(known.place());
  }
}
