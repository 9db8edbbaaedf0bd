package io.headwater.stream;

import io.headwater.schemas.serde.RegistryUnavailableException;
import io.headwater.stream.meter.ScorerMeters;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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
 * <p>A replaced thread starts again from the last commit, so nothing is lost or doubled. While the
 * schema registry is away, threads are replaced for as long as that takes, after a rest each time.
 * Safe for use by several threads.
 */
final class ThreadFailures implements StreamsUncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadFailures.class);
  private static final int MOST_WITHIN = 5;
  private static final Duration WITHIN = Duration.ofMinutes(5);
  private static final Duration OUTAGE_SHOWN = Duration.ofSeconds(15);

  private final Clock clock;
  private final ScorerMeters meters;
  private final Runnable rest;
  private final Deque<Long> recent = new ArrayDeque<>();
  private Optional<String> last = Optional.empty();
  private long outageAt = Long.MIN_VALUE;

  /**
   * Failures of a scorer's threads.
   *
   * @param rest taken on the failed thread before it is replaced, where the cause is an outage
   */
  ThreadFailures(Clock clock, ScorerMeters meters, Runnable rest) {
    this.clock = clock;
    this.meters = meters;
    this.rest = rest;
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable failure) {
    meters.streamFailure();
    if (isCausedBy(failure, List.of(RegistryUnavailableException.class))) {
      outage(failure);
      rest.run();
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    return decide(failure);
  }

  private synchronized void outage(Throwable failure) {
    outageAt = clock.millis();
    last = Optional.of("trying again after " + root(failure).getMessage());
    LOG.warn("Nothing is scored until this passes: {}", root(failure).getMessage());
  }

  private synchronized StreamThreadExceptionResponse decide(Throwable failure) {
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

  /** What is away at this time, for people. */
  synchronized Optional<String> outage() {
    return outageAt >= clock.millis() - OUTAGE_SHOWN.toMillis() ? last : Optional.empty();
  }

  private static boolean lasting(Throwable failure) {
    return isCausedBy(
        failure,
        List.of(
            MissingSourceTopicException.class,
            AuthorizationException.class,
            AuthenticationException.class,
            OutOfMemoryError.class));
  }

  private static boolean isCausedBy(Throwable failure, List<Class<? extends Throwable>> types) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      for (Class<? extends Throwable> type : types) {
        if (type.isInstance(cause)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && !(root instanceof RegistryUnavailableException)) {
      root = root.getCause();
    }
    return root;
  }

  private static String sentence(Throwable failure, boolean stop) {
    Throwable root = root(failure);
    String what = root.getClass().getSimpleName() + ": " + root.getMessage();
    if (root instanceof MissingSourceTopicException) {
      what += "; run `headwater topics create`";
    }
    return stop ? "stopped by " + what : "a stream thread was replaced after " + what;
  }
}
