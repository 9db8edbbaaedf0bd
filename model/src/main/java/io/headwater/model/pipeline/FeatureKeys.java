package io.headwater.model.pipeline;

import static io.headwater.model.pipeline.Key.defaulted;
import static io.headwater.model.pipeline.Key.optional;
import static io.headwater.model.pipeline.Key.required;

import io.headwater.schemas.CategoryEncoding;
import io.headwater.schemas.ImageChannels;
import io.headwater.schemas.ImageLayout;
import io.headwater.schemas.ImageResize;
import io.headwater.schemas.ImageSource;
import io.headwater.schemas.UnknownCategory;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pipeline file's keys of features; a path may mean another thing to another type. */
final class FeatureKeys {
  private FeatureKeys() {}

  /** What a feature is made of. */
  enum Type {
    TEXT,
    NUMERIC,
    CATEGORICAL,
    IMAGE,
    VECTOR
  }

  private static final int MAX_SIDE = 1 << 14;
  private static final double MOST = 1e12;

  static final Key<Type> TYPE =
      defaulted(
          "features.<name>.type", Kind.choice(Type.class), "text", "What the feature is made of.");
  static final Key<String> INPUT =
      optional(
          "features.<name>.input",
          Kind.TEXT,
          "x",
          "The model's input that takes the feature (a text's token ids). Without it, the one input"
              + " that fits and that no feature names. Features of floats that share an input are"
              + " laid side by side, in the order of this file.");

  static final Key<List<String>> TEXTS =
      required(
          "features.<name>.fields",
          Kind.listOf(Kind.path(), 1),
          "[title, body]",
          "Dotted paths of the event's texts, joined by a line feed; the first must be present.");
  static final Key<Integer> MAX_TOKENS =
      defaulted(
          "features.<name>.maxTokens",
          Kind.whole(3, 8_192),
          "128",
          "Longer texts are cut to this many tokens, and to the model's length where that is fixed;"
              + " it must not exceed what the model takes.");
  static final Key<String> MASK =
      optional(
          "features.<name>.mask",
          Kind.TEXT,
          "attention_mask",
          "The input that takes the attention mask. Without it, the one with 'mask' in its name.");
  static final Key<String> TYPES =
      optional(
          "features.<name>.types",
          Kind.TEXT,
          "token_type_ids",
          "The input that takes token types. Without it, the one with 'type' or 'segment' in its"
              + " name.");

  static final Key<List<String>> NUMBERS =
      required(
          "features.<name>.fields",
          Kind.listOf(Kind.path(), 1),
          "[amount, age]",
          "Dotted paths of the event's numbers, a column each; texts that are decimal numbers and"
              + " booleans count.");
  static final Key<List<String>> LOG =
      optional(
          "features.<name>.log",
          Kind.listOf(Kind.path(), 1),
          "[amount]",
          "Those of the fields that become ln(1 + x) first.");
  static final Key<Boolean> STANDARDISE =
      defaulted(
          "features.<name>.standardise",
          Kind.FLAG,
          "false",
          "Measure each field's mean and deviation when the model is imported, on the source sample"
              + " or the labelled events, and feed (x - mean) / deviation.");
  static final Key<List<Double>> COLUMN_MEAN =
      optional(
          "features.<name>.mean",
          Kind.listOf(Kind.number(-MOST, MOST), 1),
          "[3.2, 41]",
          "Known means instead, one for each field or one for all.");
  static final Key<List<Double>> COLUMN_DEVIATION =
      optional(
          "features.<name>.deviation",
          Kind.listOf(Kind.number(1e-12, MOST), 1),
          "[1.1, 12]",
          "Known deviations instead, one for each field or one for all.");
  static final Key<FeatureSpec.Impute> IMPUTE =
      optional(
          "features.<name>.impute",
          Kind.IMPUTE,
          "mean",
          "What stands in for a missing number, before the logarithm: a number, or the field's mean."
              + " Without it, such events are refused.");

  static final Key<String> CATEGORY =
      required(
          "features.<name>.field",
          Kind.path(),
          "country",
          "Dotted path of a text, number or boolean.");
  static final Key<List<String>> VOCABULARY =
      optional(
          "features.<name>.vocabulary",
          Kind.listOf(Kind.TEXT, 1),
          "[AT, CH, DE]",
          "The values, in the order of their indices.");
  static final Key<String> VOCABULARY_FILE =
      optional(
          "features.<name>.vocabularyFile",
          Kind.TEXT,
          "countries.txt",
          "A file with a value a line instead, beside this file; at most 20,000 values in 256 KiB.");
  static final Key<Integer> BUCKETS =
      optional(
          "features.<name>.buckets",
          Kind.whole(1, 1 << 20),
          "1024",
          "Hash buckets instead of a vocabulary: CRC-32C of the value's UTF-8 bytes modulo this.");
  static final Key<UnknownCategory> UNKNOWN =
      defaulted(
          "features.<name>.unknown",
          Kind.choice(UnknownCategory.class),
          "own",
          "A missing value, and one outside the vocabulary: an index of its own behind the others,"
              + " none (all zeros), or the event is refused.");
  static final Key<CategoryEncoding> ENCODING =
      defaulted(
          "features.<name>.encoding",
          Kind.choice(CategoryEncoding.class),
          "one-hot",
          "Floats, 1 at the index and 0 elsewhere; or the index as an integer.");

  static final Key<String> PICTURE =
      required(
          "features.<name>.field",
          Kind.path(),
          "photo",
          "Dotted path of the image: Base64, or bytes in Avro.");
  static final Key<ImageSource> SOURCE =
      defaulted(
          "features.<name>.source",
          Kind.choice(ImageSource.class),
          "encoded",
          "A PNG or JPEG file; or raw bytes, row by row, channels last, in the order of 'channels'.");
  static final Key<Integer> RAW_WIDTH =
      optional("features.<name>.rawWidth", Kind.whole(1, MAX_SIDE), "28", "Width of raw pixels.");
  static final Key<Integer> RAW_HEIGHT =
      optional("features.<name>.rawHeight", Kind.whole(1, MAX_SIDE), "28", "Height of raw pixels.");
  static final Key<ImageChannels> CHANNELS =
      defaulted(
          "features.<name>.channels",
          Kind.choice(ImageChannels.class),
          "rgb",
          "What the model takes, in its order.");
  static final Key<Integer> WIDTH =
      optional(
          "features.<name>.width",
          Kind.whole(1, MAX_SIDE),
          "224",
          "Width that the model takes; needed where its input does not fix it.");
  static final Key<Integer> HEIGHT =
      optional(
          "features.<name>.height", Kind.whole(1, MAX_SIDE), "224", "The same for the height.");
  static final Key<ImageResize> RESIZE =
      defaulted(
          "features.<name>.resize",
          Kind.choice(ImageResize.class),
          "stretch",
          "How an image is brought to that size: stretched; cropped around its centre; or whole,"
              + " with a black border. Bilinear, averaging where it shrinks.");
  static final Key<ImageLayout> LAYOUT =
      optional(
          "features.<name>.layout",
          Kind.choice(ImageLayout.class),
          "nchw",
          "Where the channels go; needed where the input's shape does not tell.");
  static final Key<Double> SCALE =
      defaulted(
          "features.<name>.scale",
          Kind.number(1e-9, 1e9),
          "0.00392156862745098",
          "A channel's value is (byte * scale - mean) / deviation; the default is 1 / 255.");
  static final Key<List<Double>> CHANNEL_MEAN =
      optional(
          "features.<name>.mean",
          Kind.listOf(Kind.number(-1e9, 1e9), 1),
          "[0.485, 0.456, 0.406]",
          "One for each channel or one for all; 0 without it.");
  static final Key<List<Double>> CHANNEL_DEVIATION =
      optional(
          "features.<name>.deviation",
          Kind.listOf(Kind.number(1e-9, 1e9), 1),
          "[0.229, 0.224, 0.225]",
          "One for each channel or one for all; 1 without it.");
  static final Key<Integer> MAX_PIXELS =
      defaulted(
          "features.<name>.maxPixels",
          Kind.whole(1, 1 << 26),
          "4194304",
          "Larger images are refused before they are decoded.");

  static final Key<String> ARRAY =
      required(
          "features.<name>.field",
          Kind.path(),
          "embedding",
          "Dotted path of an array of numbers; nested arrays are read row by row.");
  static final Key<List<Integer>> DIMS =
      optional(
          "features.<name>.dims",
          Kind.listOf(Kind.whole(1, 1 << 24), 1),
          "[384]",
          "Its shape without the batch; needed where the model's input does not fix it.");

  private static final List<Key<?>> OF_ANY = List.of(TYPE, INPUT);

  /** The keys of any type, in the order of the reference page. */
  static List<Key<?>> ofAny() {
    return OF_ANY;
  }

  /** The keys of one type alone, in the order of the reference page. */
  static List<Key<?>> of(Type type) {
    return switch (type) {
      case TEXT -> List.of(TEXTS, MAX_TOKENS, MASK, TYPES);
      case NUMERIC -> List.of(NUMBERS, LOG, STANDARDISE, COLUMN_MEAN, COLUMN_DEVIATION, IMPUTE);
      case CATEGORICAL ->
          List.of(CATEGORY, VOCABULARY, VOCABULARY_FILE, BUCKETS, UNKNOWN, ENCODING);
      case IMAGE ->
          List.of(
              PICTURE,
              SOURCE,
              RAW_WIDTH,
              RAW_HEIGHT,
              CHANNELS,
              WIDTH,
              HEIGHT,
              RESIZE,
              LAYOUT,
              SCALE,
              CHANNEL_MEAN,
              CHANNEL_DEVIATION,
              MAX_PIXELS);
      case VECTOR -> List.of(ARRAY, DIMS);
    };
  }

  /** The last names of all keys that a feature of the type may have. */
  static Set<String> names(Type type) {
    return Stream.concat(OF_ANY.stream(), of(type).stream())
        .map(FeatureKeys::lastName)
        .collect(Collectors.toSet());
  }

  /** All of them. */
  static List<Key<?>> all() {
    return Stream.concat(
            OF_ANY.stream(), Stream.of(Type.values()).flatMap(type -> of(type).stream()))
        .toList();
  }

  static String lastName(Key<?> key) {
    return key.path().get(key.path().size() - 1);
  }
}
