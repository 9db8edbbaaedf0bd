package io.headwater.stream.ingest;

import io.headwater.schemas.Label;
import io.headwater.schemas.headers.DeadLetter;
import io.headwater.schemas.headers.HeaderNames;
import io.headwater.stream.held.HeldHeader;
import io.headwater.stream.held.HeldLabel;
import io.headwater.stream.meter.ScorerMeters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Reads the labels topic: each record goes on to the join or to the dead letters. */
public final class LabelProcessor
    extends ContextualFixedKeyProcessor<byte[], byte[], LabelOutcome> {
  private final LabelReader reader;
  private final ScorerMeters meters;

  public LabelProcessor(LabelReader reader, ScorerMeters meters) {
    this.reader = reader;
    this.meters = meters;
  }

  @Override
  public void process(FixedKeyRecord<byte[], byte[]> record) {
    RecordMetadata at = context().recordMetadata().orElseThrow();
    byte @Nullable [] key = record.key();
    byte @Nullable [] value = record.value();
    int bytes = size(key) + size(value) + size(record.headers());
    LabelRead read = reader.read(value, bytes, record.timestamp());
    if (read instanceof Rejection rejection) {
      meters.deadLetter(rejection.reason());
      Headers headers =
          DeadLetter.headers(
              record.headers(),
              at.topic(),
              at.partition(),
              at.offset(),
              rejection.reason(),
              rejection.message());
      context()
          .forward(
              record
                  .<LabelOutcome>withValue(new LabelOutcome.Dead(value))
                  .withTimestamp(context().currentSystemTimeMs())
                  .withHeaders(headers));
    } else if (read instanceof LabelRead.Taken taken && value != null) {
      if (record.headers().lastHeader(HeaderNames.PROBE) != null) {
        meters.label(ScorerMeters.LabelOutcome.PROBE, 1);
        return;
      }
      HeldLabel label = held(taken, key, value, record.headers(), at);
      context()
          .forward(
              record
                  .<LabelOutcome>withValue(
                      new LabelOutcome.ToJoin(taken.label().getEventId(), label))
                  .withTimestamp(taken.labeledAt())
                  .withHeaders(new RecordHeaders()));
    }
  }

  private static HeldLabel held(
      LabelRead.Taken taken,
      byte @Nullable [] key,
      byte[] value,
      Headers headers,
      RecordMetadata at) {
    Label label = taken.label();
    List<HeldHeader> kept = new ArrayList<>();
    for (Header header : headers) {
      kept.add(new HeldHeader(header.key(), wrapped(header.value())));
    }
    return HeldLabel.newBuilder()
        .setLabel(label.getLabel())
        .setLabeledAt(taken.labeledAt())
        .setSource(label.getSource())
        .setRevision(label.getRevision())
        .setWeight(label.getWeight())
        .setPropensity(label.getPropensity())
        .setValue(label.getValue())
        .setPartition(at.partition())
        .setOffset(at.offset())
        .setOriginalKey(wrapped(key))
        .setOriginalValue(ByteBuffer.wrap(value))
        .setOriginalHeaders(kept)
        .build();
  }

  private static @Nullable ByteBuffer wrapped(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  private static int size(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static int size(Headers headers) {
    int size = 0;
    for (Header header : headers) {
      size += header.key().length() + size(header.value());
    }
    return size;
  }
}
