package io.headwater.model.featurise;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.schemas.CategoricalFeature;
import io.headwater.schemas.UnknownCategory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** One of several values, as an index: its place in a vocabulary, or its hash bucket. */
final class Category {
  /** No index: a value that is unknown where the feature has no index of its own for it. */
  static final int NONE = -1;

  private static final int MAX_SIZE = 1 << 20;

  private final FieldPath field;
  private final Map<String, Integer> vocabulary = new HashMap<>();
  private final int buckets;
  private final UnknownCategory unknown;
  private final int known;

  Category(CategoricalFeature feature) {
    this.field = FieldPath.of(feature.getField());
    this.buckets = feature.getBuckets();
    this.unknown = feature.getUnknown();
    List<String> values = feature.getVocabulary();
    for (String value : values) {
      vocabulary.put(value, vocabulary.size());
    }
    if (vocabulary.size() != values.size()) {
      throw new IllegalArgumentException("its vocabulary holds one value twice");
    }
    if (buckets < 0 || buckets > MAX_SIZE || values.size() > MAX_SIZE) {
      throw new IllegalArgumentException("it has more than " + MAX_SIZE + " indices");
    }
    if ((buckets == 0) == values.isEmpty()) {
      throw new IllegalArgumentException("it needs a vocabulary or hash buckets, and not both");
    }
    this.known = buckets > 0 ? buckets : values.size();
  }

  /** How many indices there are. */
  int size() {
    return unknown == UnknownCategory.OWN ? known + 1 : known;
  }

  boolean alwaysHasAnIndex() {
    return unknown != UnknownCategory.NONE;
  }

  /**
   * The event's index in [0, {@link #size}), or {@link #NONE}; numbers and booleans count as their
   * text.
   */
  int index(JsonNode event) throws FeatureException {
    JsonNode node = field.in(event);
    if (node.isMissingNode() || node.isNull()) {
      return unknown(FeatureException.missing(field));
    }
    if (!node.isValueNode() || node.isBinary()) {
      throw new FeatureException("field '" + field + "' is no text, number or boolean");
    }
    String value = node.asText();
    if (buckets > 0) {
      CRC32C hash = new CRC32C();
      hash.update(value.getBytes(UTF_8));
      return (int) (hash.getValue() % buckets);
    }
    Integer index = vocabulary.get(value);
    return index != null
        ? index
        : unknown(new FeatureException("field '" + field + "' is not in the vocabulary"));
  }

  private int unknown(FeatureException refusal) throws FeatureException {
    return switch (unknown) {
      case OWN -> known;
      case NONE -> NONE;
      case REFUSE -> throw refusal;
    };
  }
}
