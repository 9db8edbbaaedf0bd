package io.headwater.trainer.replay;

import io.headwater.model.featurise.LabelNumber;
import io.headwater.schemas.Activation;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.trainer.evaluate.Slices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns records of the training log into examples for one head.
 *
 * @param labels class names, in the order of the head's outputs; empty where labels are numbers
 * @param prefix digest of the frozen prefix whose activations the head reads
 * @param width values per logged activation, or {@link #NONE} where none is read
 * @param recomputes whether an example without an activation that can be read is of use, as its
 *     event can be looked up
 * @param slices passed fields by which examples are told apart
 */
public record ExampleReader(
    List<String> labels, String prefix, int width, boolean recomputes, List<String> slices) {
  /** The width where no logged activation is read. */
  public static final int NONE = -1;

  /** Below this the chance of having been labelled is taken as this, which bounds the weight. */
  private static final float LEAST_PROPENSITY = 0.05f;

  /** What a record of the training log turned out to be. */
  public sealed interface Read {}

  /** An example that the head can learn from. */
  public record Usable(ReplayExample example) implements Read {}

  /** An example that it can't. */
  public record Skipped(SkipReason reason) implements Read {}

  public ExampleReader {
    labels = List.copyOf(labels);
    slices = List.copyOf(slices);
  }

  /** A reader that does not tell examples apart. */
  public ExampleReader(List<String> labels, String prefix, int width, boolean recomputes) {
    this(labels, prefix, width, recomputes, List.of());
  }

  /** A reader of examples that carry their activation. */
  public ExampleReader(List<String> labels, String prefix, int width) {
    this(labels, prefix, width, false);
  }

  /** Reads the record at a position of the training log. */
  public Read read(Example example, int partition, long offset) {
    boolean numbers = labels.isEmpty();
    Double number = example.getValue();
    int classIndex = numbers ? 0 : labels.indexOf(example.getLabel());
    if (classIndex < 0 || (numbers && (number == null || LabelNumber.of(number).isEmpty()))) {
      return new Skipped(SkipReason.UNKNOWN_LABEL);
    }
    float weight = example.getWeight() * inverse(example.getPropensity());
    if (!(weight > 0) || Float.isInfinite(weight)) {
      return new Skipped(SkipReason.BAD_WEIGHT);
    }
    Activation activation = example.getActivation();
    boolean known = activation != null && activation.getPrefix().equals(prefix);
    float[] values = known ? floats(activation.getValues()) : null;
    if (values == null && !recomputes) {
      return new Skipped(
          activation == null
              ? SkipReason.NO_ACTIVATION
              : known ? SkipReason.BAD_ACTIVATION : SkipReason.OTHER_PREFIX);
    }
    EventPointer event = example.getEvent();
    return new Usable(
        new ReplayExample(
            example.getEventId(),
            example.getRevision(),
            example.getLabeledAt().toEpochMilli(),
            example.getEventTime().toEpochMilli(),
            classIndex,
            weight,
            values,
            partition,
            offset,
            new EventAt(event.getTopic(), event.getPartition(), event.getOffset()),
            example.getSource(),
            numbers && number != null ? number : 0,
            slices(example)));
  }

  private List<String> slices(Example example) {
    Map<String, Object> fields = example.getFields();
    return slices.stream()
        .map(field -> Slices.name(field, fields == null ? null : fields.get(field)))
        .toList();
  }

  /** Weight by which an example stands for those like it that were not labelled. */
  private static float inverse(@Nullable Float propensity) {
    return propensity == null ? 1 : 1 / Math.max(propensity, LEAST_PROPENSITY);
  }

  private float @Nullable [] floats(ByteBuffer bytes) {
    if (width == NONE || bytes.remaining() != 4 * width) {
      return null;
    }
    float[] values = new float[width];
    bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return null;
      }
    }
    return values;
  }
}
