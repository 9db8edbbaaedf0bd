package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;

/** Numbers as events hold them: of any JSON number, a string that is one, or a boolean. */
final class Numbers {
  private static final int MAX_CHARACTERS = 64;

  private Numbers() {}

  /** Whether a field holds nothing: it is not there, null, or (as in a table) an empty text. */
  static boolean isMissing(JsonNode node) {
    return node.isMissingNode()
        || node.isNull()
        || (node.isTextual() && node.textValue().isEmpty());
  }

  /**
   * The field's number; true counts 1 and false 0.
   *
   * @throws FeatureException where it is none, or not finite
   */
  static double of(JsonNode node, FieldPath field) throws FeatureException {
    double value;
    if (node.isNumber()) {
      value = node.doubleValue();
    } else if (node.isBoolean()) {
      value = node.booleanValue() ? 1 : 0;
    } else if (node.isTextual()) {
      value = parse(node.textValue());
    } else {
      throw new FeatureException("field '" + field + "' is no number");
    }
    if (Double.isNaN(value)) {
      throw new FeatureException("field '" + field + "' is no number");
    }
    if (Double.isInfinite(value)) {
      throw new FeatureException("field '" + field + "' is not finite");
    }
    return value;
  }

  /**
   * The number as a model takes it.
   *
   * @throws FeatureException where it is too large for a float
   */
  static float narrow(double value, FieldPath field) throws FeatureException {
    float narrow = (float) value;
    if (!Float.isFinite(narrow)) {
      throw new FeatureException("field '" + field + "' is too large for a 32-bit float");
    }
    return narrow;
  }

  /** NaN where it is no decimal number; the JDK's own names and suffixes are none. */
  static double parse(String text) {
    if (text.length() > MAX_CHARACTERS) {
      return Double.NaN;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
        return Double.NaN;
      }
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
