package io.headwater.stream.window;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FieldPath;
import io.headwater.schemas.headers.DeadLetter;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.stream.held.HeldEvent;
import io.headwater.stream.ingest.Event;
import io.headwater.stream.ingest.EventReader;
import io.headwater.stream.ingest.Ingested;
import io.headwater.stream.ingest.Rejection;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.PolledEvent;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Reads the events topic: each record goes on to its windows or to the dead letters. */
final class IntakeProcessor
    extends ContextualFixedKeyProcessor<byte[], PolledEvent, WindowOutcome> {
  /** Keys become keys of the windows' state, so their length is bounded. */
  static final int MAX_ENTITY_BYTES = 1024;

  /**
   * What reads an event.
   *
   * @param by where the key of the windows lies; null for the record's key
   * @param json whether the event's bytes are JSON already
   */
  record Settings(EventReader reader, @Nullable FieldPath by, boolean json, ScorerMeters meters) {}

  private final Settings settings;

  IntakeProcessor(Settings settings) {
    this.settings = settings;
  }

  @Override
  public void process(FixedKeyRecord<byte[], PolledEvent> record) {
    PolledEvent polled = record.value();
    Rejection oversized = settings.reader().refuseEnvelope(polled.envelopeBytes());
    Ingested read =
        oversized != null
            ? oversized
            : settings.reader().read(polled.key(), polled.value(), polled.timestamp());
    if (read instanceof Event event) {
      take(record, event);
    } else if (read instanceof Rejection rejection) {
      refuse(record, rejection);
    }
  }

  private void take(FixedKeyRecord<byte[], PolledEvent> record, Event event) {
    byte[] key = record.value().key();
    byte[] entity = settings.by() == null ? key : text(settings.by().in(event.body()));
    if (entity == null) {
      refuse(
          record,
          new Rejection(
              DeadLetterReason.MISSING_FIELD,
              settings.by() == null
                  ? "the record has no key, and windows.by is $key"
                  : "the field " + settings.by() + " (windows.by) is missing or no plain value"));
      return;
    }
    if (entity.length > MAX_ENTITY_BYTES) {
      refuse(
          record,
          new Rejection(
              DeadLetterReason.MALFORMED,
              "the key of the windows (windows.by) is longer than " + MAX_ENTITY_BYTES + " bytes"));
      return;
    }
    if (event.clamped()) {
      settings.meters().clamped();
    }
    RecordMetadata at = context().recordMetadata().orElseThrow();
    byte[] json =
        settings.json()
            ? Objects.requireNonNull(record.value().value())
            : Enrichment.bytes(event.body());
    HeldEvent held =
        new HeldEvent(
            event.id(),
            event.time(),
            key == null ? null : ByteBuffer.wrap(key),
            ByteBuffer.wrap(json),
            at.partition(),
            at.offset());
    context()
        .forward(
            record
                .<WindowOutcome>withValue(new WindowOutcome.ToWindows(entity, held))
                .withTimestamp(event.time()));
  }

  private static byte @Nullable [] text(JsonNode node) {
    return node.isValueNode() && !node.isNull() ? node.asText().getBytes(UTF_8) : null;
  }

  private void refuse(FixedKeyRecord<byte[], PolledEvent> record, Rejection rejection) {
    settings.meters().deadLetter(rejection.reason());
    RecordMetadata at = context().recordMetadata().orElseThrow();
    context()
        .forward(
            record
                .<WindowOutcome>withValue(new WindowOutcome.Dead(record.value().value()))
                .withTimestamp(context().currentSystemTimeMs())
                .withHeaders(
                    DeadLetter.headers(
                        record.headers(),
                        at.topic(),
                        at.partition(),
                        at.offset(),
                        rejection.reason(),
                        rejection.message())));
  }
}
