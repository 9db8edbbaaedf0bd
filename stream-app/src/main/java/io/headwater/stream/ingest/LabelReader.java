package io.headwater.stream.ingest;

import io.headwater.model.featurise.LabelNumber;
import io.headwater.schemas.Label;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RegistryUnavailableException;
import io.headwater.stream.ingest.LabelRead.Taken;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * The rules that let a label in: one of the pipeline's classes or, where it names none, a number.
 *
 * <p>Safe for use by several threads.
 */
public final class LabelReader {
  /** Labels wait in the join's state with their bytes, so their size is bounded. */
  static final int MAX_BYTES = 64 * 1024;

  private final RecordSerde<Label> serde;
  private final Set<String> labels;
  private final TimeBounds bounds;

  public LabelReader(RecordSerde<Label> serde, List<String> labels, TimeBounds bounds) {
    this.serde = serde;
    this.labels = Set.copyOf(labels);
    this.bounds = bounds;
  }

  /**
   * Reads one record.
   *
   * @param recordBytes size of value, key and headers
   * @param timestamp the record's own, in epoch milliseconds, within the pipeline's bounds: stands
   *     in where the label does not say when the truth was known
   * @throws RegistryUnavailableException where the schema registry gives no answer
   */
  public LabelRead read(byte @Nullable [] value, int recordBytes, long timestamp) {
    if (value == null) {
      return new Rejection(DeadLetterReason.NULL_VALUE, "the label has no value");
    }
    if (recordBytes > MAX_BYTES) {
      return new Rejection(
          DeadLetterReason.TOO_LARGE,
          "the label has " + recordBytes + " bytes with key and headers, above " + MAX_BYTES);
    }
    Label label;
    try {
      label = serde.read(value);
    } catch (RegistryUnavailableException e) {
      throw e;
    } catch (SerializationException e) {
      return new Rejection(DeadLetterReason.MALFORMED, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // Whatever a decoder trips over, one label must not stop the stream.
      return new Rejection(
          DeadLetterReason.MALFORMED,
          "the label could not be decoded: " + e.getClass().getSimpleName());
    }
    String wrong = wrongWith(label);
    if (wrong != null) {
      return new Rejection(DeadLetterReason.MALFORMED, wrong);
    }
    if (labels.isEmpty()) {
      OptionalDouble number = number(label);
      if (number.isEmpty()) {
        return new Rejection(
            DeadLetterReason.UNKNOWN_LABEL,
            "Label.value must be a finite number that 32 bits hold, as the pipeline's labels are"
                + " numbers");
      }
      label.setLabel("");
      label.setValue(number.getAsDouble());
    } else if (label.getValue() != null) {
      return new Rejection(
          DeadLetterReason.UNKNOWN_LABEL,
          "Label.value is a number, and the pipeline's labels are classes");
    } else if (!labels.contains(label.getLabel())) {
      return new Rejection(
          DeadLetterReason.UNKNOWN_LABEL,
          "the label is none of the pipeline's " + labels.size() + " labels");
    }
    long labeledAt =
        label.getLabeledAt() == null ? timestamp : TimeBounds.millis(label.getLabeledAt());
    OptionalLong admitted = bounds.admit(labeledAt);
    if (admitted.isEmpty()) {
      return new Rejection(
          DeadLetterReason.TIME_OUT_OF_BOUNDS,
          "Label.labeledAt is further back than event.maxAge or further ahead than event.maxSkew");
    }
    return new Taken(label, admitted.getAsLong());
  }

  /** The label's number, which its text may spell. */
  private static OptionalDouble number(Label label) {
    Double value = label.getValue();
    return value == null ? LabelNumber.parse(label.getLabel()) : LabelNumber.of(value);
  }

  private static @Nullable String wrongWith(Label label) {
    if (label.getEventId().isEmpty() || label.getEventId().length() > EventReader.MAX_ID_CHARS) {
      return "Label.eventId must have 1 to " + EventReader.MAX_ID_CHARS + " characters";
    }
    if (Surrogates.unpaired(label.getEventId()) || Surrogates.unpaired(label.getSource())) {
      return "Label.eventId and Label.source must hold no half of a surrogate pair";
    }
    if (!(label.getWeight() > 0) || !Float.isFinite(label.getWeight())) {
      return "Label.weight must be a finite number above 0";
    }
    if (label.getRevision() < 0) {
      return "Label.revision must not be negative";
    }
    Float propensity = label.getPropensity();
    if (propensity != null && !(propensity > 0 && propensity <= 1)) {
      return "Label.propensity must lie in (0, 1]";
    }
    return null;
  }
}
