package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.pack.Blobs;
import io.headwater.schemas.TextFeature;
import java.util.List;

/**
 * Text made of event fields, as token ids.
 *
 * <p>Safe for use by several threads. Must not be used once closed.
 */
final class TextTokens implements EventFeature, AutoCloseable {
  /**
   * Characters read per token that can come of them. Real text has some 4 to a token; what lies
   * beyond the bound is cut before it costs time.
   */
  static final int CHARACTERS_PER_TOKEN = 32;

  private static final char REPLACEMENT = '\uFFFD';

  private final String name;
  private final TextFeature feature;
  private final List<FieldPath> fields;
  private final int maxCharacters;
  private final SharedTokenizer tokenizer;

  /**
   * Makes the feature ready.
   *
   * @param blobs hold its tokenizer.json, whose own truncation and padding are not used
   * @throws IllegalArgumentException where it is damaged or holds what is not taken
   */
  TextTokens(String name, TextFeature feature, Blobs blobs) {
    if (feature.getFields().isEmpty() || feature.getMaxTokens() < 1) {
      throw new IllegalArgumentException("it needs a field and at least one token");
    }
    this.name = name;
    this.feature = feature;
    this.fields = feature.getFields().stream().map(FieldPath::of).toList();
    this.maxCharacters =
        (int) Math.min(Integer.MAX_VALUE, (long) feature.getMaxTokens() * CHARACTERS_PER_TOKEN);
    this.tokenizer = SharedTokenizer.open(feature, blobs);
  }

  @Override
  public String name() {
    return name;
  }

  /** What the manifest says of it. */
  TextFeature spec() {
    return feature;
  }

  /**
   * The event's tokens, special ones included, cut at the feature's maximum and not padded. Fields
   * are joined by a line feed; the first must be there, the others may be missing. Numbers and
   * booleans count as their text.
   *
   * @throws FeatureException naming the field that is missing or no text
   */
  long[] read(JsonNode event) throws FeatureException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < fields.size() && text.length() < maxCharacters; i++) {
      append(text, event, fields.get(i), i == 0);
    }
    return tokenise(text);
  }

  private void append(StringBuilder text, JsonNode event, FieldPath field, boolean required)
      throws FeatureException {
    JsonNode node = field.in(event);
    if (node.isMissingNode() || node.isNull()) {
      if (required) {
        throw FeatureException.missing(field);
      }
      return;
    }
    if (!node.isValueNode() || node.isBinary()) {
      throw new FeatureException("field '" + field + "' is no text");
    }
    if (!required) {
      text.append('\n');
    }
    String value = node.asText();
    text.append(value, 0, Math.min(value.length(), maxCharacters - text.length()));
  }

  private long[] tokenise(StringBuilder text) throws FeatureException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean paired =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (paired) {
        i++;
      } else if (Character.isSurrogate(c)) {
        text.setCharAt(i, REPLACEMENT);
      }
    }
    long[] tokens;
    try {
      tokens = tokenizer.encode(text.toString());
    } catch (RuntimeException e) {
      // Its message may quote the text.
      throw new FeatureException("field '" + fields.get(0) + "' can't be tokenised");
    }
    if (tokens.length > feature.getMaxTokens()) {
      throw new FeatureException(
          "field '" + fields.get(0) + "' has more tokens than its tokenizer was told to give");
    }
    return tokens;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
