package io.headwater.ops.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.FilterReply;
import ch.qos.logback.core.util.FileSize;
import io.headwater.ops.UserError;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Where this process logs: a file that is bounded in size, and for daemons the terminal too.
 *
 * <p>Headwater logs from INFO on, everything else from WARN on.
 */
public final class LogFile {
  /** Name of a logger that writes to the file alone, even where the terminal is logged to. */
  public static final String FILE_ONLY = "io.headwater.file";

  private static final String OURS = "io.headwater";
  private static final String FILE_LINE = "%d %-5level [%thread] %logger{36} - %msg%n";
  private static final String TERMINAL_LINE = "%d{HH:mm:ss} %-5level %msg%n%nopex";
  private static final String FILE_BYTES = "10MB";

  private LogFile() {}

  /** Logs nothing. */
  public static void none() {
    root(fresh()).setLevel(Level.OFF);
  }

  /**
   * Logs to the file alone.
   *
   * @throws UserError where the file can't be written
   */
  public static void open(Path file) {
    log(fresh(), file);
  }

  /**
   * Logs to the file, and in one line each to standard error.
   *
   * <p>Standard error gets what Headwater says, and of others only errors.
   *
   * @throws UserError where the file can't be written
   */
  public static void openWithTerminal(Path file) {
    LoggerContext context = fresh();
    log(context, file);
    ConsoleAppender<ILoggingEvent> terminal = new ConsoleAppender<>();
    terminal.setTarget("System.err");
    terminal.addFilter(oursAndErrors());
    root(context).addAppender(started(terminal, context, TERMINAL_LINE));
  }

  private static Filter<ILoggingEvent> oursAndErrors() {
    return new Filter<>() {
      @Override
      public FilterReply decide(ILoggingEvent event) {
        return event.getLoggerName().startsWith(OURS)
                || event.getLevel().isGreaterOrEqual(Level.ERROR)
            ? FilterReply.NEUTRAL
            : FilterReply.DENY;
      }
    };
  }

  private static void log(LoggerContext context, Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      new FileOutputStream(file.toFile(), true).close();
    } catch (IOException e) {
      throw new UserError(
          "the log file " + file + " can't be written",
          "make it writable, or set XDG_STATE_HOME to a directory that is",
          e);
    }
    RollingFileAppender<ILoggingEvent> appender = file(context, file);
    root(context).addAppender(appender);
    Logger alone = context.getLogger(FILE_ONLY);
    alone.setAdditive(false);
    alone.addAppender(appender);
  }

  private static LoggerContext fresh() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    root(context).setLevel(Level.WARN);
    context.getLogger(OURS).setLevel(Level.INFO);
    return context;
  }

  private static Logger root(LoggerContext context) {
    return context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  private static RollingFileAppender<ILoggingEvent> file(LoggerContext context, Path file) {
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());

    FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(file + ".%i");
    rolling.setMinIndex(1);
    rolling.setMaxIndex(2);
    rolling.start();
    appender.setRollingPolicy(rolling);

    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(FileSize.valueOf(FILE_BYTES));
    size.start();
    appender.setTriggeringPolicy(size);
    return started(appender, context, FILE_LINE);
  }

  private static <A extends OutputStreamAppender<ILoggingEvent>> A started(
      A appender, LoggerContext context, String line) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(line);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }
}
