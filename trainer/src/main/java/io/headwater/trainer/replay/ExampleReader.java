package io.headwater.trainer.replay;

import io.headwater.schemas.Activation;
import io.headwater.schemas.Example;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns records of the training log into examples for one head.
 *
 * @param labels class names, in the order of the head's outputs
 * @param prefix digest of the frozen prefix whose activations the head reads
 * @param width values per activation
 */
public record ExampleReader(List<String> labels, String prefix, int width) {
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
  }

  /** Reads the record at a position of the training log. */
  public Read read(Example example, int partition, long offset) {
    int classIndex = labels.indexOf(example.getLabel());
    if (classIndex < 0) {
      return new Skipped(SkipReason.UNKNOWN_LABEL);
    }
    float weight = example.getWeight() * inverse(example.getPropensity());
    if (!(weight > 0) || Float.isInfinite(weight)) {
      return new Skipped(SkipReason.BAD_WEIGHT);
    }
    Activation activation = example.getActivation();
    if (activation == null) {
      return new Skipped(SkipReason.NO_ACTIVATION);
    }
    if (!activation.getPrefix().equals(prefix)) {
      return new Skipped(SkipReason.OTHER_PREFIX);
    }
    float[] values = floats(activation.getValues());
    if (values == null) {
      return new Skipped(SkipReason.BAD_ACTIVATION);
    }
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
            offset));
  }

  /** Weight by which an example stands for those like it that were not labelled. */
  private static float inverse(@Nullable Float propensity) {
    return propensity == null ? 1 : 1 / Math.max(propensity, LEAST_PROPENSITY);
  }

  private float @Nullable [] floats(ByteBuffer bytes) {
    if (bytes.remaining() != 4 * width) {
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
