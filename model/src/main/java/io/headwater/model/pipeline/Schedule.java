package io.headwater.model.pipeline;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * Moments that a line of five fields names, as crontab has them: minute, hour, day of the month,
 * month, day of the week.
 *
 * @param line the five fields
 */
public record Schedule(String line) {
  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  /**
   * Checks the line.
   *
   * @throws IllegalArgumentException where it is none
   */
  public Schedule {
    PARSER.parse(line).validate();
  }

  /** The first moment behind another; empty where there is none any more. */
  public Optional<Instant> next(Instant after, ZoneId zone) {
    return ExecutionTime.forCron(PARSER.parse(line))
        .nextExecution(after.atZone(zone))
        .map(ZonedDateTime::toInstant);
  }
}
