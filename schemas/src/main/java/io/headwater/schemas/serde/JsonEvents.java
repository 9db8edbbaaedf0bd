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
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** Reads JSON events, with bounds on what a hostile one can make the parser build. */
public final class JsonEvents implements EventDecoder {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_NUMBER_CHARS = 100;

  private final ObjectMapper mapper;

  /**
   * Makes a decoder.
   *
   * @param maxBytes the longest event, and so the longest string in one
   */
  public JsonEvents(int maxBytes) {
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
