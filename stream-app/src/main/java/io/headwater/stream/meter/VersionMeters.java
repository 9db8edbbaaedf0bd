package io.headwater.stream.meter;

import static io.headwater.stream.meter.ScorerMeters.code;
import static io.headwater.stream.meter.ScorerMeters.keyed;

import io.headwater.model.guard.RefusalReason;
import io.headwater.model.sign.Refusal;
import io.headwater.schemas.Stage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The scorer's metrics of the versions that come and go, by stage.
 *
 * <p>Safe for use by several threads.
 */
public final class VersionMeters {
  /** Why a version was not put in force. */
  public enum RejectedVersion {
    UNTRAINED,
    UNREADABLE,
    BLOB,
    LOAD
  }

  /** What is done, in this order, from the append of a stage record until it is in force. */
  public enum SwapStep {
    /** The rest of the record's transaction, and its way to the scorer. */
    REACH,
    /** Reading the record and checking its signatures. */
    VERIFY,
    /** Getting the blobs that are not here yet. */
    FETCH,
    /** Reading a version's blobs and checking them. */
    JUDGE,
    /** Making a version's featuriser and sessions. */
    OPEN,
    /** A version's first runs, its goldens among them. */
    PROVE,
    /** Opening what the set of versions shares, and putting it in force. */
    INSTALL
  }

  private static final List<Stage> STAGES = List.of(Stage.PRODUCTION, Stage.CANARY, Stage.SHADOW);

  private final MeterRegistry registry;
  private final Counter swaps;
  private final Timer swap;
  private final Timer load;
  private final Map<SwapStep, Timer> steps = new EnumMap<>(SwapStep.class);
  private final Map<Stage, Map<RejectedVersion, Counter>> rejected = new EnumMap<>(Stage.class);
  private final Map<Stage, Map<Refusal, Counter>> unfollowed = new EnumMap<>(Stage.class);
  private final Map<Stage, Map<RefusalReason, Counter>> refused = new EnumMap<>(Stage.class);
  private final List<Gauge> live = new ArrayList<>();

  VersionMeters(MeterRegistry registry) {
    this.registry = registry;
    swaps =
        Counter.builder("headwater.model.swaps")
            .description("Sets of versions put in force")
            .register(registry);
    swap =
        Timer.builder("headwater.swap")
            .description("From the append of a stage record until its versions are in force")
            .register(registry);
    for (SwapStep step : SwapStep.values()) {
      steps.put(
          step,
          Timer.builder("headwater.swap.step")
              .description("What is done until a stage record is in force")
              .tag("step", code(step))
              .register(registry));
    }
    load =
        Timer.builder("headwater.model.load").description("Loading one version").register(registry);
    for (Stage stage : STAGES) {
      unfollowed.put(
          stage,
          ofStage(
              Refusal.class,
              Refusal::code,
              "headwater.stage.refused",
              "Records of a stage not followed",
              stage));
      String rejections = "Versions not put in force";
      refused.put(
          stage,
          ofStage(
              RefusalReason.class,
              RefusalReason::code,
              "headwater.model.rejected",
              rejections,
              stage));
      rejected.put(
          stage,
          ofStage(
              RejectedVersion.class,
              ScorerMeters::code,
              "headwater.model.rejected",
              rejections,
              stage));
    }
  }

  private <R extends Enum<R>> Map<R, Counter> ofStage(
      Class<R> reasons, Function<R, String> code, String name, String description, Stage stage) {
    Map<R, Counter> counters = new EnumMap<>(reasons);
    for (R reason : reasons.getEnumConstants()) {
      counters.put(
          reason,
          Counter.builder(name)
              .description(description)
              .tag("stage", code(stage))
              .tag("reason", code.apply(reason))
              .register(registry));
    }
    return counters;
  }

  public void rejected(Stage stage, RejectedVersion reason) {
    keyed(keyed(rejected, stage), reason).increment();
  }

  public void refused(Stage stage, Refusal refusal) {
    keyed(keyed(unfollowed, stage), refusal).increment();
  }

  /** A version was refused before, or by, its first runs. */
  public void refused(Stage stage, RefusalReason reason) {
    keyed(keyed(refused, stage), reason).increment();
  }

  /** A version was loaded. */
  public void loaded(long nanos) {
    load.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** A step of a swap was done; where clocks disagree on it, it took no time. */
  public void step(SwapStep step, Duration took) {
    keyed(steps, step).record(took.isNegative() ? Duration.ZERO : took);
  }

  /** A stage record that had been waited for is in force. */
  public void inForce(Duration sinceAppended) {
    swap.record(sinceAppended.isNegative() ? Duration.ZERO : sinceAppended);
  }

  /**
   * A set came into force; it alone is shown as live from now on.
   *
   * @param versions by stage
   */
  public synchronized void swapped(Map<Stage, List<String>> versions) {
    swaps.increment();
    live.forEach(registry::remove);
    live.clear();
    versions.forEach(
        (stage, ofStage) ->
            ofStage.forEach(
                version ->
                    live.add(
                        Gauge.builder("headwater.model.live", () -> 1)
                            .description("A version in force, in the tags")
                            .tag("stage", code(stage))
                            .tag("version", version)
                            .register(registry))));
  }
}
