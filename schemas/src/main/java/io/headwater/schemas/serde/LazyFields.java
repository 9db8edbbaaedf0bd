package io.headwater.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object that was checked whole and is read field by field, when one is asked for.
 *
 * <p>Whoever asks for all of them, or changes one, has them all read. Not safe for use by several
 * threads.
 */
public abstract class LazyFields extends AbstractMap<String, JsonNode> {
  private final Map<String, Integer> places;
  private @Nullable Map<String, JsonNode> all;

  /**
   * Fields that lie at places.
   *
   * @param places of the fields by name, in order; is not changed
   */
  protected LazyFields(Map<String, Integer> places) {
    this.places = places;
  }

  /** Reads the field at a place. */
  protected abstract JsonNode read(int place);

  /** The fields as an object. */
  public final ObjectNode node() {
    return new Lazy(this);
  }

  /** The fields of an object that is read lazily; null of any other. */
  public static @Nullable LazyFields of(JsonNode object) {
    return object instanceof Lazy lazy && lazy.fields.all == null ? lazy.fields : null;
  }

  /** Where fields lie, by name: the very same map for objects with the same fields in order. */
  public final Map<String, Integer> places() {
    return places;
  }

  /** The number at a place without a node made of it; NaN where the field must be asked for. */
  public abstract double number(int place);

  /** The text at a place without a node made of it; null where the field must be asked for. */
  public abstract @Nullable String text(int place);

  @SuppressWarnings("unchecked") // ObjectNode narrows deepCopy()
  private static final class Lazy extends ObjectNode {
    private static final long serialVersionUID = 1;

    private final transient LazyFields fields;

    private Lazy(LazyFields fields) {
      super(JsonNodeFactory.instance, fields);
      this.fields = fields;
    }

    @Override
    public boolean equals(Object other) {
      return super.equals(other);
    }

    @Override
    public int hashCode() {
      return super.hashCode();
    }
  }

  @Override
  public final @Nullable JsonNode get(@Nullable Object name) {
    if (all != null) {
      return all.get(name);
    }
    Integer place = places.get(name);
    return place == null ? null : read(place);
  }

  @Override
  public final boolean containsKey(@Nullable Object name) {
    return all == null ? places.containsKey(name) : all.containsKey(name);
  }

  @Override
  public final int size() {
    return all == null ? places.size() : all.size();
  }

  @Override
  public final Set<Map.Entry<String, JsonNode>> entrySet() {
    return all().entrySet();
  }

  @Override
  public final @Nullable JsonNode put(String name, JsonNode value) {
    return all().put(name, value);
  }

  @Override
  public final @Nullable JsonNode remove(@Nullable Object name) {
    return all().remove(name);
  }

  private Map<String, JsonNode> all() {
    Map<String, JsonNode> read = all;
    if (read == null) {
      read = new LinkedHashMap<>();
      for (Map.Entry<String, Integer> place : places.entrySet()) {
        read.put(place.getKey(), read(place.getValue()));
      }
      all = read;
    }
    return read;
  }
}
