package io.headwater.stream.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FieldLookup;
import io.headwater.model.featurise.FieldPath;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.schemas.serde.EventDecoder;
import io.headwater.schemas.serde.RegistryUnavailableException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.OptionalLong;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * The rules that let an event in: size, form, id and time.
 *
 * <p>Safe for use by several threads.
 */
public final class EventReader {
  /** Ids become keys of the join's state, so their length is bounded. */
  static final int MAX_ID_CHARS = 1024;

  /** Key and headers go on with the score, so their size is bounded. */
  static final int MAX_ENVELOPE_BYTES = 512 * 1024;

  private static final String KEY = "$key";
  private static final String TIMESTAMP = "$timestamp";

  private final Pipeline.Event rules;
  private final EventDecoder decoder;
  private final TimeBounds bounds;
  private final @Nullable FieldLookup id;
  private final @Nullable FieldPath time;

  public EventReader(Pipeline.Event rules, EventDecoder decoder, TimeBounds bounds) {
    this.rules = rules;
    this.decoder = decoder;
    this.bounds = bounds;
    this.id = rules.id().equals(KEY) ? null : new FieldLookup(FieldPath.of(rules.id()));
    this.time = rules.time().equals(TIMESTAMP) ? null : FieldPath.of(rules.time());
  }

  /** Whether the event time is the record's own timestamp. */
  public boolean timedByRecord() {
    return time == null;
  }

  /**
   * Refuses a record whose key and headers are too large to go on with its score; null where they
   * are not.
   */
  public @Nullable Rejection refuseEnvelope(int bytes) {
    return bytes <= MAX_ENVELOPE_BYTES
        ? null
        : new Rejection(
            DeadLetterReason.TOO_LARGE,
            "key and headers have " + bytes + " bytes, above " + MAX_ENVELOPE_BYTES);
  }

  /**
   * Reads one record.
   *
   * @param timestamp the record's own, in epoch milliseconds; may be anything
   * @throws RegistryUnavailableException where the schema registry gives no answer
   */
  public Ingested read(byte @Nullable [] key, byte @Nullable [] value, long timestamp) {
    if (value == null) {
      return new Rejection(DeadLetterReason.NULL_VALUE, "the event has no value");
    }
    if (value.length > rules.maxBytes()) {
      return new Rejection(
          DeadLetterReason.TOO_LARGE,
          "the event has "
              + value.length
              + " bytes: shrink it, or raise event.maxBytes above "
              + rules.maxBytes());
    }
    JsonNode body;
    try {
      body = decoder.decode(value);
    } catch (RegistryUnavailableException e) {
      throw e;
    } catch (SerializationException e) {
      return new Rejection(DeadLetterReason.MALFORMED, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // Whatever a decoder trips over, one event must not stop the stream.
      return new Rejection(
          DeadLetterReason.MALFORMED,
          "the event could not be decoded: " + e.getClass().getSimpleName());
    } catch (StackOverflowError e) {
      // A recursive Avro schema lets the bytes choose the depth.
      return new Rejection(DeadLetterReason.MALFORMED, "the event is nested too deeply");
    }
    if (!body.isObject()) {
      return new Rejection(
          DeadLetterReason.MALFORMED, "the event is not an object with named fields");
    }
    try {
      String eventId = id == null ? idOfKey(key) : idOfField(body, id);
      long eventTime = time == null ? timestamp : timeOfField(body, time);
      OptionalLong admitted = bounds.admit(eventTime);
      if (admitted.isEmpty()) {
        return new Rejection(
            DeadLetterReason.TIME_OUT_OF_BOUNDS,
            "the event time ("
                + rules.time()
                + ") is further back than event.maxAge or further ahead than event.maxSkew");
      }
      return new Event(eventId, admitted.getAsLong(), admitted.getAsLong() != eventTime, body);
    } catch (RejectedException e) {
      return e.rejection;
    }
  }

  private static String idOfKey(byte @Nullable [] key) throws RejectedException {
    if (key == null) {
      throw new RejectedException(
          DeadLetterReason.MISSING_FIELD, "the record has no key, and event.id is " + KEY);
    }
    try {
      return bounded(UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString(), KEY);
    } catch (CharacterCodingException e) {
      throw new RejectedException(
          DeadLetterReason.MALFORMED, "the record's key is not UTF-8 text, and event.id is " + KEY);
    }
  }

  private static String idOfField(JsonNode body, FieldLookup lookup) throws RejectedException {
    FieldPath path = lookup.path();
    String text = lookup.text(body);
    if (text != null) {
      return bounded(text, path);
    }
    JsonNode node = present(body, path, "event.id");
    if (!node.isTextual() && !node.isIntegralNumber()) {
      throw new RejectedException(
          DeadLetterReason.MALFORMED,
          "the field " + path + " (event.id) is neither a string nor a whole number");
    }
    return bounded(node.asText(), path);
  }

  private static String bounded(String id, Object from) throws RejectedException {
    if (id.isEmpty()) {
      throw new RejectedException(
          DeadLetterReason.MISSING_FIELD, "the event id (" + from + ") is empty");
    }
    if (Surrogates.unpaired(id)) {
      throw new RejectedException(
          DeadLetterReason.MALFORMED, "the event id (" + from + ") holds half of a surrogate pair");
    }
    if (id.length() > MAX_ID_CHARS) {
      throw new RejectedException(
          DeadLetterReason.MALFORMED,
          "the event id (" + from + ") is longer than " + MAX_ID_CHARS + " characters");
    }
    return id;
  }

  private static long timeOfField(JsonNode body, FieldPath path) throws RejectedException {
    JsonNode node = present(body, path, "event.time");
    if (node.isIntegralNumber()) {
      return node.canConvertToLong() ? node.longValue() : Long.MAX_VALUE;
    }
    if (node.isTextual()) {
      try {
        return TimeBounds.millis(Instant.parse(node.textValue()));
      } catch (DateTimeException e) {
        throw badTime(path);
      }
    }
    throw badTime(path);
  }

  private static RejectedException badTime(FieldPath path) {
    return new RejectedException(
        DeadLetterReason.MALFORMED,
        "the field "
            + path
            + " (event.time) is neither epoch milliseconds nor ISO-8601 with a zone, such as"
            + " 2001-07-01T12:00:00Z");
  }

  private static JsonNode present(JsonNode body, FieldPath path, String use)
      throws RejectedException {
    JsonNode node = path.in(body);
    if (node.isMissingNode() || node.isNull()) {
      throw new RejectedException(
          DeadLetterReason.MISSING_FIELD, "the field " + path + " (" + use + ") is missing");
    }
    return node;
  }

  private static final class RejectedException extends Exception {
    private final transient Rejection rejection;

    RejectedException(DeadLetterReason reason, String message) {
      super(message);
      this.rejection = new Rejection(reason, message);
    }
  }
}
