package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON events, with bounds on what a hostile one can make the parser build.
 *
 * <p>An ordinary event is checked in one walk over its bytes, and its fields are read when they are
 * asked for; whatever is out of the ordinary goes through a parser, with the same outcome. Safe for
 * use by several threads; an event is not.
 */
public final class JsonEvents implements EventDecoder {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_NUMBER_CHARS = 100;

  private final ObjectMapper mapper;
  private final int maxBytes;
  private volatile JsonShape shapes = JsonShape.root();

  /**
   * Makes a decoder.
   *
   * @param maxBytes the longest event, and so the longest string in one
   */
  public JsonEvents(int maxBytes) {
    this.maxBytes = maxBytes;
    this.mapper =
        new ObjectMapper(
                JsonFactory.builder()
                    // Interned names of hostile events would stay in the JVM for ever.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_CHARS)
                            .maxStringLength(maxBytes)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  private static String place(@Nullable JsonLocation at) {
    return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  @Override
  public JsonNode decode(byte[] value) {
    if (value.length <= maxBytes) {
      JsonShape root = shapes;
      ObjectNode event = JsonOutline.of(value, root, this::parse);
      if (event != null) {
        return event;
      }
      if (root.isFull()) {
        shapes = JsonShape.root();
      }
    }
    return tree(value);
  }

  private JsonNode parse(String text) {
    try {
      return mapper.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a value that was walked over can be parsed", e);
    }
  }

  /** The event as the parser reads it. */
  JsonNode tree(byte[] value) {
    try {
      return mapper.readTree(UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      // Jackson would read U+FFFD in its place, and take ids for one that are not.
      throw new SerializationException("not UTF-8 text");
    } catch (JsonProcessingException e) {
      // The cause is left out: its message quotes the event.
      throw new SerializationException(
          e instanceof StreamConstraintsException
              ? "JSON that is nested too deeply, or holds a name or number that is too long"
              : "not JSON" + place(e.getLocation()));
    }
  }
}
