package io.headwater.stream.window;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.stream.held.HeldEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The form of an enriched event: the producer's event as JSON, with the features of each window
 * under {@code hw.<window>}, and its id and time under {@code hw.event}.
 *
 * <p>Whatever the producer wrote under {@code hw} is replaced. Safe for use by several threads.
 */
public final class Enrichment {
  private static final String OURS = "hw";
  private static final String EVENT = "event";

  /** Room for {@code hw} above the largest event, whose Avro may be shorter than its JSON. */
  private static final int GROWTH = 3;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private Enrichment() {}

  /** How the scorer reads enriched events. */
  public static Pipeline.Event rules(Pipeline.Event event) {
    return new Pipeline.Event(
        OURS + "." + EVENT + ".id",
        OURS + "." + EVENT + ".time",
        event.maxAge(),
        event.maxSkew(),
        event.outOfBounds(),
        maxBytes(event));
  }

  /** Above this, an enriched event is refused. */
  public static int maxBytes(Pipeline.Event event) {
    return Math.multiplyExact(GROWTH, event.maxBytes());
  }

  /** The event as a tree that keeps every digit. */
  static ObjectNode tree(HeldEvent event) {
    ByteBuffer json = event.getJson();
    byte[] bytes = new byte[json.remaining()];
    json.duplicate().get(bytes);
    try {
      return (ObjectNode) JSON.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("an event that was read before can be read again", e);
    }
  }

  static byte[] bytes(JsonNode tree) {
    try {
      // Through a string: half a surrogate pair then becomes a question mark, where a stream of
      // bytes
      // would refuse the event.
      return JSON.writeValueAsString(tree).getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can always be written", e);
    }
  }

  static byte[] enriched(
      ObjectNode tree, HeldEvent event, Map<String, Map<String, OptionalDouble>> windows) {
    ObjectNode ours = tree.putObject(OURS);
    ours.putObject(EVENT).put("id", event.getId()).put("time", event.getTime());
    windows.forEach(
        (window, features) -> {
          ObjectNode values = ours.putObject(window);
          features.forEach(
              (name, value) -> {
                if (value.isPresent()) {
                  values.put(name, value.getAsDouble());
                } else {
                  values.putNull(name);
                }
              });
        });
    return bytes(tree);
  }
}
