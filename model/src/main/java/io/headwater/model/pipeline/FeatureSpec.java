package io.headwater.model.pipeline;

import io.headwater.schemas.CategoryEncoding;
import io.headwater.schemas.ImageChannels;
import io.headwater.schemas.ImageLayout;
import io.headwater.schemas.ImageResize;
import io.headwater.schemas.ImageSource;
import io.headwater.schemas.UnknownCategory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline file says of one feature, before it is bound to a model; what is left out is the
 * model's to say.
 */
public sealed interface FeatureSpec {
  /** The name that the user gave it. */
  String name();

  /** Name of the model's input that takes it, or null for the one that fits. */
  @Nullable String input();

  /**
   * Text made of event fields.
   *
   * @param input takes the token ids
   * @param mask name of the input that takes the attention mask; null for the one named so, if any
   * @param types the same for token types
   * @param fields dotted paths, joined by a line feed; the first must be present
   */
  record Text(
      String name,
      @Nullable String input,
      @Nullable String mask,
      @Nullable String types,
      List<String> fields,
      int maxTokens)
      implements FeatureSpec {
    public Text {
      fields = List.copyOf(fields);
    }

    /** Text for a model with one text input. */
    public Text(String name, List<String> fields, int maxTokens) {
      this(name, null, null, null, fields, maxTokens);
    }
  }

  /**
   * Numbers, side by side.
   *
   * @param log those of the fields of which ln(1 + x) is taken
   * @param standardise whether mean and deviation are measured when the model is imported
   * @param mean one per field or one for all, after the logarithm; empty for 0
   * @param deviation one per field or one for all, above 0; empty for 1
   * @param impute what stands in for a missing number, or null where it is refused
   */
  record Numeric(
      String name,
      @Nullable String input,
      List<String> fields,
      List<String> log,
      boolean standardise,
      List<Double> mean,
      List<Double> deviation,
      @Nullable Impute impute)
      implements FeatureSpec {
    public Numeric {
      fields = List.copyOf(fields);
      log = List.copyOf(log);
      mean = List.copyOf(mean);
      deviation = List.copyOf(deviation);
    }
  }

  /**
   * What stands in for a missing number.
   *
   * @param value the number, or null for the field's mean
   */
  record Impute(@Nullable Double value) {}

  /**
   * One of several values.
   *
   * @param vocabulary the values in the order of their indices; empty where they are hashed
   * @param buckets number of hash buckets, or 0
   */
  record Categorical(
      String name,
      @Nullable String input,
      String field,
      List<String> vocabulary,
      UnknownCategory unknown,
      int buckets,
      CategoryEncoding encoding)
      implements FeatureSpec {
    public Categorical {
      vocabulary = List.copyOf(vocabulary);
    }
  }

  /**
   * A picture.
   *
   * @param rawWidth of raw pixels; else 0
   * @param rawHeight of raw pixels; else 0
   * @param width what the model takes; 0 for the model to say
   * @param height the same
   * @param layout null for the model's shape to say
   * @param mean one per channel or one for all; empty for 0
   * @param deviation one per channel or one for all, above 0; empty for 1
   */
  record Image(
      String name,
      @Nullable String input,
      String field,
      ImageSource source,
      int rawWidth,
      int rawHeight,
      ImageChannels channels,
      int width,
      int height,
      ImageResize resize,
      @Nullable ImageLayout layout,
      double scale,
      List<Double> mean,
      List<Double> deviation,
      long maxPixels)
      implements FeatureSpec {
    public Image {
      mean = List.copyOf(mean);
      deviation = List.copyOf(deviation);
    }
  }

  /**
   * An array of numbers.
   *
   * @param dims without the batch; empty for the model to say
   */
  record Vector(String name, @Nullable String input, String field, List<Integer> dims)
      implements FeatureSpec {
    public Vector {
      dims = List.copyOf(dims);
    }
  }
}
