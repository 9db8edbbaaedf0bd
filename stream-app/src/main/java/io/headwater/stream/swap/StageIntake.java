package io.headwater.stream.swap;

import io.headwater.model.guard.ModelRefusedException;
import io.headwater.model.log.Delivery;
import io.headwater.model.log.PublishedStage;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageRecordException;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Stage;
import io.headwater.stream.meter.VersionMeters;
import io.headwater.stream.meter.VersionMeters.RejectedVersion;
import io.headwater.stream.meter.VersionMeters.SwapStep;
import io.headwater.stream.score.Member;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in the versions that one stage names, and puts those that are sound in force.
 *
 * <p>A version that is untrained or fails to load is counted and reported. In production the one
 * before goes on scoring; of canaries and shadows the others come into force without it. Records
 * are offered by one thread, the model log's, on which versions load; the rest is safe for use by
 * several.
 */
public final class StageIntake {
  private static final Logger LOG = LoggerFactory.getLogger(StageIntake.class);

  private final Stage stage;
  private final BiPredicate<Stage, ModelPackage> load;
  private final BiConsumer<Stage, List<Member>> putInForce;
  private final VersionMeters meters;
  private final Clock clock;
  private volatile Optional<String> trouble = Optional.empty();
  private List<Member> inForce = List.of();

  /**
   * Makes an intake.
   *
   * @param load loads a version, or throws; answers whether it was not loaded already
   * @param putInForce makes loaded versions the stage's, or throws and leaves those before
   */
  public StageIntake(
      Stage stage,
      BiPredicate<Stage, ModelPackage> load,
      BiConsumer<Stage, List<Member>> putInForce,
      VersionMeters meters,
      Clock clock) {
    this.stage = stage;
    this.load = load;
    this.putInForce = putInForce;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Takes in all that the stage names from now on; returns once it is in force or refused, version
   * by version.
   */
  public void offer(PublishedStage record) {
    trouble = Optional.empty();
    List<Member> sound = new ArrayList<>();
    for (PublishedVersion version : record.live()) {
      if (isSound(version.version(), version.model())) {
        sound.add(
            new Member(
                stage,
                version.version(),
                version.live().getShare(),
                version.live().getSalt(),
                version.effectiveFrom()));
      }
    }
    if ((stage == Stage.PRODUCTION && sound.isEmpty()) || sound.equals(inForce)) {
      return;
    }
    Delivery delivery = record.delivery();
    if (delivery != null) {
      meters.step(SwapStep.REACH, delivery.reach());
      meters.step(SwapStep.VERIFY, delivery.verify());
      meters.step(SwapStep.FETCH, delivery.fetch());
    }
    if (attempt("the versions of stage " + name(), () -> put(sound)) && delivery != null) {
      meters.inForce(Duration.between(delivery.appended(), clock.instant()));
    }
  }

  private void put(List<Member> sound) {
    putInForce.accept(stage, sound);
    inForce = List.copyOf(sound);
    LOG.info(
        "On stage {} now: {}",
        name(),
        sound.stream().map(member -> Digest.brief(member.version())).toList());
  }

  private boolean isSound(String name, ModelPackage version) {
    String brief = "version " + Digest.brief(name);
    if (!version.manifest().getTrained()) {
      meters.rejected(stage, RejectedVersion.UNTRAINED);
      LOG.error("Stage {}: {} is untrained and was refused", name(), brief);
      note(
          brief
              + " is untrained and was refused: train it with `headwater train`, or promote"
              + " another");
      return false;
    }
    long start = System.nanoTime();
    return attempt(
        brief,
        () -> {
          if (load.test(stage, version)) {
            meters.loaded(System.nanoTime() - start);
          }
        });
  }

  /** Whether it did not fail. */
  private boolean attempt(String what, Runnable work) {
    try {
      work.run();
      return true;
    } catch (ModelRefusedException e) {
      meters.refused(stage, e.reason());
      LOG.error("Stage {}: {} refused ({}): {}", name(), what, e.reason().code(), e.getMessage());
      note(what + " was refused: " + e.getMessage());
    } catch (MissingBlobException e) {
      meters.rejected(stage, RejectedVersion.BLOB);
      LOG.error("Stage {}: {} lacks a blob: {}", name(), what, e.getMessage());
      note(what + " lacks a blob: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      meters.rejected(stage, RejectedVersion.LOAD);
      LOG.error("Stage {}: {} could not be loaded", name(), what, e);
      note(what + " could not be loaded: " + e.getMessage());
    }
    return false;
  }

  /** Takes note that a record of the stage was refused, or that the stage could not be read. */
  public void unreadable(Exception why) {
    if (why instanceof StageRecordException refused) {
      meters.refused(stage, refused.refusal());
      LOG.error("Refused a stage record ({}): {}", refused.refusal().code(), refused.getMessage());
      note("a record of the " + name() + " stage was refused: " + refused.getMessage());
      return;
    }
    meters.rejected(stage, RejectedVersion.UNREADABLE);
    LOG.error("The {} stage can't be read", name(), why);
    note("the " + name() + " stage can't be read: " + why.getMessage());
  }

  /** What last kept a version from coming into force, for people. */
  public Optional<String> trouble() {
    return trouble;
  }

  private void note(String what) {
    String goesOn =
        stage == Stage.PRODUCTION && !inForce.isEmpty()
            ? "; version " + Digest.brief(inForce.get(0).version()) + " goes on scoring"
            : "";
    trouble =
        Optional.of(what + goesOn + " (" + clock.instant().truncatedTo(ChronoUnit.SECONDS) + ")");
  }

  private String name() {
    return stage.name().toLowerCase(Locale.ROOT);
  }
}
