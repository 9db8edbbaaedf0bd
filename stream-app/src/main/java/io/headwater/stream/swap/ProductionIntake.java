package io.headwater.stream.swap;

import io.headwater.model.guard.ModelRefusedException;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageRecordException;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.meter.ScorerMeters.RejectedVersion;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in the versions that the production stage names, and puts them in force.
 *
 * <p>A version that is untrained or fails to load is counted and reported, and the one before goes
 * on scoring. Versions are offered by one thread, the model log's, on which they load; the rest is
 * safe for use by several.
 */
public final class ProductionIntake {
  private static final Logger LOG = LoggerFactory.getLogger(ProductionIntake.class);

  private final Consumer<ModelPackage> putInForce;
  private final ScorerMeters meters;
  private final Clock clock;
  private volatile Optional<String> trouble = Optional.empty();
  private @Nullable String inForce;

  /**
   * Makes an intake.
   *
   * @param putInForce loads a version and swaps it in, or throws and leaves the one before
   */
  public ProductionIntake(Consumer<ModelPackage> putInForce, ScorerMeters meters, Clock clock) {
    this.putInForce = putInForce;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Takes in a version that the stage names from now on; returns once it is in force or refused.
   */
  public void offer(PublishedVersion version) {
    String name = version.version();
    if (name.equals(inForce)) {
      trouble = Optional.empty();
      return;
    }
    String brief = Digest.brief(name);
    if (!version.model().manifest().getTrained()) {
      meters.rejected(RejectedVersion.UNTRAINED);
      LOG.error("Version {} is untrained and was refused", brief);
      note(
          "version "
              + brief
              + " is untrained and was refused: train it with `headwater train`, or promote"
              + " another");
      return;
    }
    long start = System.nanoTime();
    try {
      putInForce.accept(version.model());
    } catch (ModelRefusedException e) {
      meters.refused(e.reason());
      LOG.error("Version {} was refused ({}): {}", brief, e.reason().code(), e.getMessage());
      note("version " + brief + " was refused: " + e.getMessage());
      return;
    } catch (MissingBlobException e) {
      meters.rejected(RejectedVersion.BLOB);
      LOG.error("Version {} lacks a blob: {}", brief, e.getMessage());
      note("version " + brief + " lacks a blob: " + e.getMessage());
      return;
    } catch (RuntimeException | Error e) {
      meters.rejected(RejectedVersion.LOAD);
      LOG.error("Version {} could not be loaded", brief, e);
      note("version " + brief + " could not be loaded: " + e.getMessage());
      return;
    }
    meters.swapped(name, Duration.ofNanos(System.nanoTime() - start));
    LOG.info("Version {} is in force", brief);
    inForce = name;
    trouble = Optional.empty();
  }

  /** Takes note that a record of the stage was refused, or that the stage could not be read. */
  public void unreadable(Exception why) {
    if (why instanceof StageRecordException refused) {
      meters.refused(refused.refusal());
      LOG.error("Refused a stage record ({}): {}", refused.refusal().code(), refused.getMessage());
      note("a record of the production stage was refused: " + refused.getMessage());
      return;
    }
    meters.rejected(RejectedVersion.UNREADABLE);
    LOG.error("The production stage can't be read", why);
    note("the production stage can't be read: " + why.getMessage());
  }

  /** What last kept a version from coming into force, for people. */
  public Optional<String> trouble() {
    return trouble;
  }

  private void note(String what) {
    String goesOn =
        inForce == null ? "" : "; version " + Digest.brief(inForce) + " goes on scoring";
    trouble =
        Optional.of(what + goesOn + " (" + clock.instant().truncatedTo(ChronoUnit.SECONDS) + ")");
  }
}
