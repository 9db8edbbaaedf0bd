package io.headwater.stream;

import io.headwater.stream.meter.ScorerMeters;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of a stream thread that failed: replaced, or, where failures repeat or can't
 * pass by themselves, the scorer stops.
 *
 * <p>A replaced thread starts again from the last commit, so nothing is lost or doubled. Safe for
 * use by several threads.
 */
final class ThreadFailures implements StreamsUncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadFailures.class);
  private static final int MOST_WITHIN = 5;
  private static final Duration WITHIN = Duration.ofMinutes(5);

  private final Clock clock;
  private final ScorerMeters meters;
  private final Deque<Long> recent = new ArrayDeque<>();
  private Optional<String> last = Optional.empty();

  ThreadFailures(Clock clock, ScorerMeters meters) {
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public synchronized StreamThreadExceptionResponse handle(Throwable failure) {
    meters.streamFailure();
    long now = clock.millis();
    recent.add(now);
    while (recent.getFirst() < now - WITHIN.toMillis()) {
      recent.removeFirst();
    }
    boolean stop = recent.size() > MOST_WITHIN || lasting(failure);
    last = Optional.of(sentence(failure, stop));
    if (stop) {
      LOG.error("A stream thread failed, and the scorer stops", failure);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    LOG.warn("A stream thread failed and is replaced", failure);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /** The last failure, for people. */
  synchronized Optional<String> last() {
    return last;
  }

  private static boolean lasting(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof MissingSourceTopicException
          || cause instanceof AuthorizationException
          || cause instanceof AuthenticationException
          || cause instanceof OutOfMemoryError) {
        return true;
      }
    }
    return false;
  }

  private static String sentence(Throwable failure, boolean stop) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String what = root.getClass().getSimpleName() + ": " + root.getMessage();
    if (root instanceof MissingSourceTopicException) {
      what += "; run `headwater topics create`";
    }
    return stop ? "stopped by " + what : "a stream thread was replaced after " + what;
  }
}
