package io.headwater.ops.data;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When an e-mail arrived: the first {@code Received} header with a believable date, else {@code
 * Date}, else the mail folder's own line.
 *
 * <p>A date is believable within the years in which the corpus was collected; a clock that says
 * otherwise was wrong.
 */
final class MailDates {
  private static final Instant FROM = Instant.parse("2001-01-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2003-01-01T00:00:00Z");

  private static final Pattern DATE =
      Pattern.compile(
          "(\\d{1,2})[ -]+(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[ -]+(\\d{2,4})"
              + "[ ,]+(\\d{1,2}):(\\d{2})(?::(\\d{2}))?\\s*([+-]\\d{4}|[A-Z]{1,4})?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern MBOX_DATE =
      Pattern.compile("([A-Z][a-z]{2})\\s+(\\d{1,2})\\s+(\\d{1,2}:\\d{2}:\\d{2})\\s+(\\d{4})");
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  /** Hours from UTC; IST is Irish Standard Time, where the corpus was collected. */
  private static final Map<String, Integer> ZONES =
      Map.ofEntries(
          Map.entry("EST", -5),
          Map.entry("EDT", -4),
          Map.entry("CST", -6),
          Map.entry("CDT", -5),
          Map.entry("MST", -7),
          Map.entry("MDT", -6),
          Map.entry("PST", -8),
          Map.entry("PDT", -7),
          Map.entry("IST", 1),
          Map.entry("BST", 1),
          Map.entry("CET", 1),
          Map.entry("CEST", 2));

  private MailDates() {}

  static Optional<Instant> arrival(MailHeaders headers) {
    for (String received : headers.every("received")) {
      Optional<Instant> date = first(received.substring(received.lastIndexOf(';') + 1));
      if (date.isPresent()) {
        return date;
      }
    }
    for (String sent : headers.every("date")) {
      Optional<Instant> date = first(sent);
      if (date.isPresent()) {
        return date;
      }
    }
    Matcher line = MBOX_DATE.matcher(headers.mbox());
    return line.find()
        ? first("%s %s %s %s".formatted(line.group(2), line.group(1), line.group(4), line.group(3)))
        : Optional.empty();
  }

  /** The first believable date in a text. */
  private static Optional<Instant> first(String text) {
    Matcher date = DATE.matcher(text);
    while (date.find()) {
      Instant instant = instant(date);
      if (instant != null && !instant.isBefore(FROM) && instant.isBefore(TO)) {
        return Optional.of(instant);
      }
    }
    return Optional.empty();
  }

  /** Null where the numbers are no date, as in 31 February. */
  private static @Nullable Instant instant(Matcher date) {
    try {
      int year = Integer.parseInt(date.group(3));
      String second = date.group(6);
      return OffsetDateTime.of(
              LocalDateTime.of(
                  year < 50 ? year + 2000 : year < 1000 ? year + 1900 : year,
                  MONTHS.indexOf(date.group(2).toLowerCase(Locale.ROOT)) + 1,
                  Integer.parseInt(date.group(1)),
                  Integer.parseInt(date.group(4)),
                  Integer.parseInt(date.group(5)),
                  second == null ? 0 : Math.min(59, Integer.parseInt(second))),
              ZoneOffset.UTC)
          .minusMinutes(offsetMinutes(date.group(7)))
          .toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Minutes from UTC; even offsets that no place has, such as -1600, are taken at their word. */
  private static long offsetMinutes(@Nullable String zone) {
    if (zone == null) {
      return 0;
    }
    if (zone.charAt(0) == '+' || zone.charAt(0) == '-') {
      int digits = Integer.parseInt(zone.substring(1));
      int minutes = digits / 100 * 60 + digits % 100;
      return zone.charAt(0) == '-' ? -minutes : minutes;
    }
    return ZONES.getOrDefault(zone.toUpperCase(Locale.ROOT), 0) * 60L;
  }
}
