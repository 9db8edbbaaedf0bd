package io.headwater.model.pipeline;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A kind of value: how it is called and how it is read.
 *
 * @param name what to write, with its bounds; follows the words "write" and "type"
 */
record Kind<T>(String name, Reader<T> reader) {
  private static final Duration LONGEST = Duration.ofDays(36_525);
  private static final int LONGEST_TEXT = 1_000;
  private static final int LONGEST_LIST = 10_000;
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d{1,3})?");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?(B|KiB|MiB|GiB)?");
  static final Kind<String> TEXT = new Kind<>("text", Kind::text);

  /** Class names, or none where labels are numbers. */
  static final Kind<List<String>> LABELS =
      new Kind<>(
          listOf(TEXT, 2).name() + ", or number",
          value ->
              value instanceof Yaml.Scalar scalar && scalar.text().equals("number")
                  ? List.of()
                  : listOf(TEXT, 2).read(value));

  static final Kind<Boolean> FLAG =
      scalar(
          "true or false",
          text ->
              switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException("neither true nor false");
              });

  static final Kind<URI> ADDRESS = scalar("an http or https address", Kind::address);

  static final Kind<Duration> TIME_SPAN =
      scalar("a duration (ms, s, m, h, d or ISO-8601)", Kind::duration);

  static final Kind<Schedule> SCHEDULE =
      scalar("a crontab line of five fields, in quotes", Schedule::new);

  static final Kind<ZoneId> ZONE =
      scalar(
          "a time zone",
          text -> {
            try {
              return ZoneId.of(text);
            } catch (DateTimeException e) {
              throw new IllegalArgumentException("not a time zone", e);
            }
          });

  static final Kind<Exclusions.Span> SPAN =
      scalar("partition:offset or partition:first-last, in quotes", Exclusions.Span::parse);

  static final Kind<FreezeRule> FREEZE =
      scalar("auto, head, segments:N, tap:K or all", FreezeRule::parse);

  /** A number, or the word mean. */
  static final Kind<FeatureSpec.Impute> IMPUTE =
      scalar(
          "a number or mean",
          text -> new FeatureSpec.Impute(text.equals("mean") ? null : decimal(text)));

  /** Reads a value, or says what is wrong with it. */
  @FunctionalInterface
  interface Reader<T> {
    T read(Yaml value) throws BadValueException;
  }

  /** Reads a scalar's text; throws IllegalArgumentException with what it is not. */
  @FunctionalInterface
  private interface ScalarReader<T> {
    T read(String text);
  }

  T read(Yaml value) throws BadValueException {
    return reader.read(value);
  }

  static Kind<Integer> whole(int least, int most) {
    return scalar(
        "a whole number from " + least + " to " + most,
        text -> Math.toIntExact(wholeWithin(text, least, most)));
  }

  static Kind<Long> wholeLong() {
    return scalar("a whole number", text -> wholeWithin(text, Long.MIN_VALUE, Long.MAX_VALUE));
  }

  static Kind<Double> number(double least, double most) {
    return scalar(
        "a number from " + plain(least) + " to " + plain(most),
        text -> {
          double value = decimal(text);
          if (value < least || value > most) {
            throw new IllegalArgumentException("out of bounds");
          }
          return value;
        });
  }

  static Kind<Integer> size(int least, int most) {
    return scalar(
        "a size from " + least + " to " + most + " bytes (B, KiB, MiB, GiB)",
        text -> {
          Matcher matcher = SIZE.matcher(text);
          if (!matcher.matches()) {
            throw new IllegalArgumentException("not a size");
          }
          long bytes = Long.parseLong(matcher.group(1)) * sizeUnit(matcher.group(2));
          if (bytes < least || bytes > most) {
            throw new IllegalArgumentException("out of bounds");
          }
          return (int) bytes;
        });
  }

  /** A field of the event by its dotted path, or one of the words that stand for something else. */
  static Kind<String> path(String... words) {
    String name =
        words.length == 0 ? "a dotted path" : "a dotted path or " + String.join(" or ", words);
    return scalar(
        name,
        text -> {
          if (Arrays.asList(words).contains(text)) {
            return text;
          }
          if (text.startsWith("$") || Arrays.asList(text.split("\\.", -1)).contains("")) {
            throw new IllegalArgumentException("not a dotted path");
          }
          return text;
        });
  }

  /** One of an enum's constants, in lower case with dashes. */
  static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
    Map<String, E> byName =
        Arrays.stream(type.getEnumConstants())
            .collect(
                Collectors.toMap(
                    constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    constant -> constant));
    String names = byName.keySet().stream().sorted().collect(Collectors.joining(" or "));
    return scalar(
        names,
        text -> {
          E constant = byName.get(text);
          if (constant == null) {
            throw new IllegalArgumentException("unknown");
          }
          return constant;
        });
  }

  static <T> Kind<List<T>> listOf(Kind<T> item, int least) {
    return new Kind<>(
        "a list of at least " + least + ", each " + item.name(),
        value -> {
          if (!(value instanceof Yaml.Sequence sequence)) {
            throw new BadValueException(value.line(), "is " + value.shape() + ", not a list");
          }
          int length = sequence.items().size();
          if (length < least || length > LONGEST_LIST) {
            throw new BadValueException(
                value.line(), "has " + length + (length == 1 ? " item" : " items"));
          }
          List<T> items = new ArrayList<>();
          for (Yaml one : sequence.items()) {
            items.add(item.read(one));
          }
          return List.copyOf(items);
        });
  }

  private static <T> Kind<T> scalar(String name, ScalarReader<T> reader) {
    return new Kind<>(
        name,
        value -> {
          String text = text(value);
          try {
            return reader.read(text);
          } catch (IllegalArgumentException e) {
            throw new BadValueException(
                value.line(), "is " + value.shape() + ", " + e.getMessage());
          }
        });
  }

  private static String text(Yaml value) throws BadValueException {
    if (!(value instanceof Yaml.Scalar scalar)) {
      throw new BadValueException(value.line(), "is " + value.shape());
    }
    if (scalar.text().isBlank()) {
      throw new BadValueException(value.line(), "is blank");
    }
    if (scalar.text().length() > LONGEST_TEXT) {
      throw new BadValueException(value.line(), "is longer than " + LONGEST_TEXT + " characters");
    }
    if (scalar.text().chars().anyMatch(Character::isISOControl)) {
      throw new BadValueException(value.line(), "holds a line break or control character");
    }
    return scalar.text();
  }

  private static long wholeWithin(String text, long least, long most) {
    long value;
    try {
      value = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a whole number within bounds", e);
    }
    if (value < least || value > most) {
      throw new IllegalArgumentException("out of bounds");
    }
    return value;
  }

  private static double decimal(String text) {
    double value = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("not a number");
    }
    return value;
  }

  private static URI address(String text) {
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme();
      if (uri.getHost() != null && ("http".equals(scheme) || "https".equals(scheme))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not an address", e);
    }
    throw new IllegalArgumentException("not an http or https address");
  }

  private static Duration duration(String text) {
    Duration duration;
    Matcher matcher = DURATION.matcher(text);
    try {
      duration =
          matcher.matches()
              ? timeUnit(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1)))
              : Duration.parse(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException("not a duration", e);
    }
    if (duration.isNegative()) {
      throw new IllegalArgumentException("negative");
    }
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("longer than " + LONGEST.toDays() + "d");
    }
    return duration;
  }

  private static Duration timeUnit(String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(1);
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      default -> Duration.ofDays(1);
    };
  }

  private static long sizeUnit(@Nullable String unit) {
    return switch (unit == null ? "B" : unit) {
      case "KiB" -> 1L << 10;
      case "MiB" -> 1L << 20;
      case "GiB" -> 1L << 30;
      default -> 1;
    };
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
