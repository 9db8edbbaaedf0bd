package io.headwater.model.pipeline;

import io.headwater.schemas.CategoryEncoding;
import io.headwater.schemas.ImageChannels;
import io.headwater.schemas.ImageSource;
import io.headwater.schemas.UnknownCategory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** One feature's section of a pipeline file, and what may not stand together in it. */
final class FeatureSection {
  private final Reading reading;
  private final VocabularyFiles files;
  private final String name;

  private FeatureSection(Reading reading, VocabularyFiles files, String name) {
    this.reading = reading;
    this.files = files;
    this.name = name;
  }

  /** Every feature of the file, in its order; what is wrong with them is reported. */
  static List<FeatureSpec> all(Reading reading, VocabularyFiles files) {
    List<FeatureSpec> features = new ArrayList<>();
    for (String name : reading.names("features")) {
      new FeatureSection(reading, files, name).read().ifPresent(features::add);
    }
    if (reading.names("features").isEmpty()) {
      reading.report(
          List.of("features"),
          "there is no feature",
          "write 'features: { text: { fields: " + FeatureKeys.TEXTS.sample() + " } }'");
    }
    return features;
  }

  private Optional<FeatureSpec> read() {
    FeatureKeys.Type type = reading.get(FeatureKeys.TYPE, name);
    if (!reading.sound(FeatureKeys.TYPE, name)) {
      return Optional.empty();
    }
    refuseOtherTypes(type);
    return Optional.of(
        switch (type) {
          case TEXT -> text();
          case NUMERIC -> numeric();
          case CATEGORICAL -> categorical();
          case IMAGE -> image();
          case VECTOR ->
              new FeatureSpec.Vector(
                  name,
                  find(FeatureKeys.INPUT).orElse(null),
                  get(FeatureKeys.ARRAY),
                  find(FeatureKeys.DIMS).orElse(List.of()));
        });
  }

  private void refuseOtherTypes(FeatureKeys.Type type) {
    for (String key : reading.names("features", name)) {
      List<String> others =
          Arrays.stream(FeatureKeys.Type.values())
              .filter(other -> FeatureKeys.names(other).contains(key))
              .map(FeatureSection::lower)
              .toList();
      if (!others.isEmpty() && !FeatureKeys.names(type).contains(key)) {
        report(
            key,
            "is a key of "
                + String.join(" and ", others)
                + " features, and this one is "
                + lower(type),
            "remove it, or write 'type: " + others.get(0) + "'");
      }
    }
  }

  private FeatureSpec text() {
    return new FeatureSpec.Text(
        name,
        find(FeatureKeys.INPUT).orElse(null),
        find(FeatureKeys.MASK).orElse(null),
        find(FeatureKeys.TYPES).orElse(null),
        get(FeatureKeys.TEXTS),
        get(FeatureKeys.MAX_TOKENS));
  }

  private FeatureSpec numeric() {
    List<String> fields = get(FeatureKeys.NUMBERS);
    List<String> log = find(FeatureKeys.LOG).orElse(List.of());
    boolean standardise = get(FeatureKeys.STANDARDISE);
    List<Double> mean = find(FeatureKeys.COLUMN_MEAN).orElse(List.of());
    List<Double> deviation = find(FeatureKeys.COLUMN_DEVIATION).orElse(List.of());
    if (reading.sound(FeatureKeys.NUMBERS, name)) {
      for (String field : log) {
        if (!fields.contains(field)) {
          report("log", "names '" + field + "', which 'fields' does not", "write one of " + fields);
        }
      }
      oneOrEach("mean", mean, fields.size(), "fields");
      oneOrEach("deviation", deviation, fields.size(), "fields");
    }
    if (standardise && !(mean.isEmpty() && deviation.isEmpty())) {
      report(
          "standardise",
          "is true, and 'mean' or 'deviation' is given",
          "remove it, or let both be measured");
    }
    return new FeatureSpec.Numeric(
        name,
        find(FeatureKeys.INPUT).orElse(null),
        fields,
        log,
        standardise,
        mean,
        deviation,
        find(FeatureKeys.IMPUTE).orElse(null));
  }

  private FeatureSpec categorical() {
    Optional<List<String>> listed = find(FeatureKeys.VOCABULARY);
    Optional<String> file = find(FeatureKeys.VOCABULARY_FILE);
    int buckets = find(FeatureKeys.BUCKETS).orElse(0);
    List<String> given =
        reading.names("features", name).stream()
            .filter(Set.of("vocabulary", "vocabularyFile", "buckets")::contains)
            .toList();
    if (given.size() != 1) {
      reading.report(
          List.of("features", name),
          "'features." + name + "' " + (given.isEmpty() ? "names no values" : "has " + given),
          "write one of 'vocabulary', 'vocabularyFile' and 'buckets'");
    }
    List<String> vocabulary = listed.orElseGet(() -> file.map(this::readFile).orElse(List.of()));
    Set<String> seen = new HashSet<>();
    for (String value : vocabulary) {
      if (!seen.add(value)) {
        report(given.get(0), "holds '" + value + "' twice", "write each value once");
        break;
      }
    }
    UnknownCategory unknown = get(FeatureKeys.UNKNOWN);
    CategoryEncoding encoding = get(FeatureKeys.ENCODING);
    if (unknown == UnknownCategory.NONE && encoding == CategoryEncoding.INDEX) {
      report(
          "unknown",
          "is none, and an index has no value for that",
          "write own or refuse, or 'encoding: one-hot'");
    }
    return new FeatureSpec.Categorical(
        name,
        find(FeatureKeys.INPUT).orElse(null),
        get(FeatureKeys.CATEGORY),
        vocabulary,
        unknown,
        buckets,
        encoding);
  }

  private List<String> readFile(String file) {
    try {
      return files.read(file);
    } catch (IllegalArgumentException e) {
      report(
          "vocabularyFile",
          "can't be used: " + e.getMessage(),
          "give a UTF-8 file with a value a line, beside the pipeline file");
      return List.of();
    }
  }

  private FeatureSpec image() {
    ImageSource source = get(FeatureKeys.SOURCE);
    int rawWidth = find(FeatureKeys.RAW_WIDTH).orElse(0);
    int rawHeight = find(FeatureKeys.RAW_HEIGHT).orElse(0);
    int maxPixels = get(FeatureKeys.MAX_PIXELS);
    boolean sized = rawWidth > 0 && rawHeight > 0;
    if (source == ImageSource.RAW && !sized) {
      report("source", "is raw, which has no size of its own", "write 'rawWidth' and 'rawHeight'");
    } else if (source == ImageSource.ENCODED && (rawWidth > 0 || rawHeight > 0)) {
      report(
          rawWidth > 0 ? "rawWidth" : "rawHeight",
          "is given, and encoded images tell their size",
          "remove it, or write 'source: raw'");
    } else if (sized && (long) rawWidth * rawHeight > maxPixels) {
      report("maxPixels", "is less than rawWidth x rawHeight", "raise it");
    }
    int channels = get(FeatureKeys.CHANNELS) == ImageChannels.GREY ? 1 : 3;
    List<Double> mean = find(FeatureKeys.CHANNEL_MEAN).orElse(List.of());
    List<Double> deviation = find(FeatureKeys.CHANNEL_DEVIATION).orElse(List.of());
    oneOrEach("mean", mean, channels, "channels");
    oneOrEach("deviation", deviation, channels, "channels");
    return new FeatureSpec.Image(
        name,
        find(FeatureKeys.INPUT).orElse(null),
        get(FeatureKeys.PICTURE),
        source,
        rawWidth,
        rawHeight,
        get(FeatureKeys.CHANNELS),
        find(FeatureKeys.WIDTH).orElse(0),
        find(FeatureKeys.HEIGHT).orElse(0),
        get(FeatureKeys.RESIZE),
        find(FeatureKeys.LAYOUT).orElse(null),
        get(FeatureKeys.SCALE),
        mean,
        deviation,
        maxPixels);
  }

  private void oneOrEach(String key, List<Double> values, int each, String of) {
    if (values.size() > 1 && values.size() != each) {
      report(
          key,
          "has " + values.size() + " numbers for " + each + " " + of,
          "write one, or one for each");
    }
  }

  private <T> T get(Key<T> key) {
    return reading.get(key, name);
  }

  private <T> Optional<T> find(Key<T> key) {
    return reading.find(key, name);
  }

  private void report(String key, String what, String mend) {
    List<String> path = List.of("features", name, key);
    reading.report(path, "'" + String.join(".", path) + "' " + what, mend);
  }

  private static String lower(FeatureKeys.Type type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
