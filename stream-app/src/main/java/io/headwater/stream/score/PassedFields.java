package io.headwater.stream.score;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FieldPath;
import io.headwater.model.pipeline.ScoreContents;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the fields out of an event that its score passes on; no other is read.
 *
 * <p>A number, text or boolean passes as it is, as a 64-bit number or text; a number that those
 * don't hold, an object and an array pass as their JSON text; what the event lacks passes as null.
 * Safe for use by several threads.
 */
final class PassedFields {
  private static final int NUMBER_BYTES = 8;

  private final Map<String, FieldPath> paths = new LinkedHashMap<>();
  private final int maxBytes;

  PassedFields(ScoreContents contents) {
    contents.fields().forEach((name, path) -> paths.put(name, FieldPath.of(path)));
    this.maxBytes = contents.maxFieldBytes();
  }

  /**
   * What an event's score carries.
   *
   * @param values by name, in the pipeline's order; null where the pipeline passes nothing on
   * @param missing how many of them the event lacks
   * @param bytes what they take in UTF-8
   */
  record Passed(@Nullable Map<String, @Nullable Object> values, int missing, int bytes) {
    private static final Passed NOTHING = new Passed(null, 0, 0);
  }

  Passed of(JsonNode event) {
    if (paths.isEmpty()) {
      return Passed.NOTHING;
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    int missing = 0;
    int bytes = 0;
    for (Map.Entry<String, FieldPath> field : paths.entrySet()) {
      JsonNode node = field.getValue().in(event);
      Object value = plain(node);
      missing += node.isMissingNode() ? 1 : 0;
      bytes += value instanceof String text ? utf8(text) : NUMBER_BYTES;
      values.put(field.getKey(), value);
    }
    return new Passed(values, missing, bytes);
  }

  int maxBytes() {
    return maxBytes;
  }

  private static @Nullable Object plain(JsonNode node) {
    return switch (node.getNodeType()) {
      case MISSING, NULL -> null;
      case BOOLEAN -> node.booleanValue();
      case STRING -> node.textValue();
      case NUMBER -> number(node);
      default -> node.toString();
    };
  }

  private static Object number(JsonNode node) {
    if (node.isIntegralNumber()) {
      return node.canConvertToLong() ? (Object) node.longValue() : node.asText();
    }
    double value = node.doubleValue();
    return Double.isFinite(value) ? (Object) value : node.asText();
  }

  private static int utf8(String text) {
    return text.getBytes(UTF_8).length;
  }
}
