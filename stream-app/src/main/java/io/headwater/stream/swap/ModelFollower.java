package io.headwater.stream.swap;

import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.meter.ScorerMeters.RejectedVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the versions that the production stage names in force, one at a time, on a thread of its
 * own.
 *
 * <p>A version that is untrained or fails to load is counted and reported, and the one before goes
 * on scoring; blobs that are not to be had yet are tried for again. Of versions that pile up while
 * one loads, only the newest is loaded. Closing waits for a load under way: the process must not
 * end, nor the runtime go away, while sessions are being made.
 */
public final class ModelFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelFollower.class);
  private static final int ATTEMPTS = 10;

  private final Consumer<ModelPackage> putInForce;
  private final Duration retryAfter;
  private final ScorerMeters meters;
  private final ScheduledExecutorService loader =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "model-loader");
            thread.setDaemon(true);
            return thread;
          });
  private @Nullable PublishedVersion wanted;
  private @Nullable String inForce;
  private Optional<String> trouble = Optional.empty();
  private boolean closed;

  /**
   * Makes a follower.
   *
   * @param putInForce loads a version and swaps it in, or throws and leaves the one before
   * @param retryAfter wait before blobs that were missing are tried for again
   */
  public ModelFollower(
      Consumer<ModelPackage> putInForce, Duration retryAfter, ScorerMeters meters) {
    this.putInForce = putInForce;
    this.retryAfter = retryAfter;
    this.meters = meters;
  }

  /** Takes note of a version that the stage names from now on. */
  public synchronized void offer(PublishedVersion version) {
    if (closed) {
      return;
    }
    wanted = version;
    loader.execute(() -> loadWanted(1));
  }

  /** Takes note of a stage record that could not be read. */
  public synchronized void unreadable(Exception why) {
    meters.rejected(RejectedVersion.UNREADABLE);
    LOG.error("A record of the production stage can't be used", why);
    trouble = Optional.of("a record of the production stage can't be used: " + why.getMessage());
  }

  /** What keeps the version that the stage names from being in force, for people. */
  public synchronized Optional<String> trouble() {
    return trouble;
  }

  private void loadWanted(int attempt) {
    PublishedVersion version = takeWanted();
    if (version == null) {
      return;
    }
    String name = version.version();
    if (name.equals(inForce)) {
      settled(name, Optional.empty());
      return;
    }
    if (!version.model().manifest().getTrained()) {
      meters.rejected(RejectedVersion.UNTRAINED);
      settled(
          inForce,
          Optional.of(
              "version "
                  + Digest.brief(name)
                  + " is untrained and was refused: train it with `headwater train`, or promote"
                  + " another"));
      return;
    }
    long start = System.nanoTime();
    try {
      putInForce.accept(version.model());
    } catch (RuntimeException | Error e) {
      failed(version, attempt, e);
      return;
    }
    meters.swapped(name, Duration.ofNanos(System.nanoTime() - start));
    LOG.info("Version {} is in force", Digest.brief(name));
    settled(name, Optional.empty());
  }

  private synchronized void failed(PublishedVersion version, int attempt, Throwable why) {
    String name = Digest.brief(version.version());
    if (closed) {
      LOG.info("Closing broke off the loading of version {}", name);
      return;
    }
    boolean again = why instanceof MissingBlobException && attempt < ATTEMPTS;
    trouble =
        Optional.of(
            "version "
                + name
                + " could not be loaded"
                + (again ? " yet" : "")
                + ": "
                + why.getMessage()
                + (inForce == null ? "" : "; " + Digest.brief(inForce) + " goes on scoring"));
    if (again) {
      if (wanted == null) {
        wanted = version;
        // The task catches everything itself.
        var unused =
            loader.schedule(
                () -> loadWanted(attempt + 1), retryAfter.toMillis(), TimeUnit.MILLISECONDS);
      }
      return;
    }
    meters.rejected(RejectedVersion.LOAD);
    LOG.error("Version {} could not be loaded", name, why);
  }

  private synchronized @Nullable PublishedVersion takeWanted() {
    PublishedVersion version = closed ? null : wanted;
    wanted = null;
    return version;
  }

  private synchronized void settled(@Nullable String version, Optional<String> why) {
    inForce = version;
    trouble = why;
  }

  /** Waits for a load under way; no version comes into force from then on. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      wanted = null;
    }
    loader.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (loader.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
        LOG.warn("Still waiting for a model to load before closing");
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
