package io.headwater.stream.meter;

import static java.util.Objects.requireNonNull;

import io.headwater.schemas.Stage;
import io.headwater.schemas.headers.DeadLetterReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Every metric of the scorer, with its name and its tags, all bounded.
 *
 * <p>Safe for use by several threads. Counters count what was processed: after a failure a
 * transaction's records are processed, and counted, again.
 */
public final class ScorerMeters {
  /** What became of a label that was let in. */
  public enum LabelOutcome {
    JOINED,
    LATE,
    ORPHAN,
    DUPLICATE,
    SUPERSEDED,
    CONFLICTING,
    PROBE
  }

  /** Why an event was scored in a batch of its own. */
  public enum Alone {
    /** It came without a poll. */
    UNPOLLED,
    /** The batch that it was in failed. */
    FAILED_BATCH
  }

  /** Why a canary or a shadow has no score for an event. */
  public enum Unscored {
    /** It reads events otherwise than the champion, and can't read this one. */
    FEATURE,
    /** A run of it failed. */
    INFERENCE,
    NOT_FINITE
  }

  private final MeterRegistry registry;
  private final VersionMeters versions;
  private final Counter eventsScored;
  private final Counter probesScored;
  private final Counter eventsClamped;
  private final Counter duplicateEvents;
  private final Counter fieldsMissing;
  private final Counter examplesOfSilence;
  private final Counter windowsMissed;
  private final Counter batchesSplit;
  private final Counter streamFailures;
  private final Counter sessionRuns;
  private final Counter canaryServed;
  private final Counter championBeside;
  private final Counter shadowScored;
  private final Counter shadowShed;
  private final DistributionSummary batchSize;
  private final DistributionSummary chunkSize;
  private final Timer queue;
  private final Timer featurise;
  private final Timer inference;
  private final Timer lag;
  private final Map<DeadLetterReason, Counter> deadLetters = new EnumMap<>(DeadLetterReason.class);
  private final Map<Alone, Counter> alone = new EnumMap<>(Alone.class);
  private final Map<LabelOutcome, Counter> labels = new EnumMap<>(LabelOutcome.class);
  private final Map<Unscored, Counter> canaryFailed = new EnumMap<>(Unscored.class);
  private final Map<Unscored, Counter> shadowFailed = new EnumMap<>(Unscored.class);
  private volatile long eventTimeLag;

  public ScorerMeters(MeterRegistry registry) {
    this.registry = registry;
    this.versions = new VersionMeters(registry);
    eventsScored = counter("headwater.events.scored", "Events scored, probes aside");
    probesScored = counter("headwater.probes.scored", "Probe events scored");
    eventsClamped =
        counter("headwater.events.clamped", "Events whose time was moved into the bounds");
    duplicateEvents =
        counter("headwater.events.duplicate", "Scores for an event id that the join held already");
    fieldsMissing =
        counter(
            "headwater.fields.missing",
            "Fields that scores were to pass on and that their events did not have");
    examplesOfSilence =
        counter("headwater.examples.of.silence", "Examples of events that matured without a label");
    windowsMissed =
        counter("headwater.windows.missed", "Windows that an event was too late to see whole");
    batchesSplit =
        counter("headwater.batches.split", "Batches that failed and were scored one by one");
    sessionRuns = counter("headwater.session.runs", "Runs of a session, several per batch");
    canaryServed = counter("headwater.canary.served", "Events that a canary answered for");
    championBeside =
        counter("headwater.canary.paired", "Events that the champion scored beside a canary");
    shadowScored = counter("headwater.shadow.scored", "Scores of shadows");
    shadowShed =
        counter("headwater.shadow.shed", "Scores of shadows left out as events waited too long");
    for (Unscored why : Unscored.values()) {
      canaryFailed.put(
          why,
          tagged(
              "headwater.canary.failed",
              "Events of a canary's that the champion answered for",
              "reason",
              code(why)));
      shadowFailed.put(
          why, tagged("headwater.shadow.failed", "Scores that a shadow owes", "reason", code(why)));
    }
    streamFailures = counter("headwater.stream.failures", "Stream threads that failed");
    batchSize =
        DistributionSummary.builder("headwater.batch.size")
            .description("Events per run of the model")
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    chunkSize =
        DistributionSummary.builder("headwater.chunk.size")
            .description("Events scored under one lease")
            .register(registry);
    queue = timer("headwater.queue", "From the return of a poll to the start of one of its chunks");
    featurise = timer("headwater.featurise", "Reading and featurising one chunk");
    inference = timer("headwater.inference", "One run of the model");
    lag =
        Timer.builder("headwater.events.lag")
            .description("From the record timestamp of a chunk's first event to the chunk's scores")
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      deadLetters.put(
          reason,
          tagged("headwater.dead.letters", "Dead letters written", "reason", reason.code()));
    }
    for (Alone why : Alone.values()) {
      alone.put(
          why,
          tagged("headwater.batches.of.one", "Events scored alone, by why", "reason", code(why)));
    }
    TimeGauge.builder("headwater.event.time.lag", () -> eventTimeLag, TimeUnit.MILLISECONDS)
        .description("From the time of an event of the last batch to its score")
        .register(registry);
    for (LabelOutcome outcome : LabelOutcome.values()) {
      labels.put(
          outcome,
          tagged("headwater.labels", "Labels by what became of them", "outcome", code(outcome)));
    }
  }

  /** Those of the versions that come and go. */
  public VersionMeters versions() {
    return versions;
  }

  /** An event got its score. */
  public void scored(boolean probe, Stage by) {
    (probe ? probesScored : eventsScored).increment();
    if (by == Stage.CANARY) {
      canaryServed.increment();
    }
  }

  /** An event got a score that does not serve it. */
  public void scoredBeside(Stage by) {
    (by == Stage.SHADOW ? shadowScored : championBeside).increment();
  }

  /** A canary or shadow has no score for an event that others scored. */
  public void unscored(Stage of, Unscored why) {
    keyed(of == Stage.CANARY ? canaryFailed : shadowFailed, why).increment();
  }

  /** Shadows left out so many scores. */
  public void shed(int scores) {
    shadowShed.increment(scores);
  }

  public void sessionsRun(int runs) {
    sessionRuns.increment(runs);
  }

  public void clamped() {
    eventsClamped.increment();
  }

  /** An event lacks so many of the fields that its score passes on. */
  public void fieldsMissing(int count) {
    if (count > 0) {
      fieldsMissing.increment(count);
    }
  }

  public void deadLetter(DeadLetterReason reason) {
    keyed(deadLetters, reason).increment();
  }

  public void label(LabelOutcome outcome, int count) {
    keyed(labels, outcome).increment(count);
  }

  public void duplicateEvent() {
    duplicateEvents.increment();
  }

  public void exampleOfSilence() {
    examplesOfSilence.increment();
  }

  public void windowMissed() {
    windowsMissed.increment();
  }

  public void scoredAlone(Alone why) {
    keyed(alone, why).increment();
  }

  public void batchSplit() {
    batchesSplit.increment();
  }

  public void chunk(int events) {
    chunkSize.record(events);
  }

  /** One run of the model. */
  public void batch(int events, Duration took) {
    batchSize.record(events);
    inference.record(took);
  }

  public void queued(Duration took) {
    queue.record(took);
  }

  public void featurised(Duration took) {
    featurise.record(took);
  }

  public void eventTimeLag(Duration eventToScore) {
    eventTimeLag = eventToScore.toMillis();
  }

  public void lag(Duration recordToScore) {
    lag.record(recordToScore);
  }

  public void streamFailure() {
    streamFailures.increment();
  }

  /** Shows a number that Kafka Streams keeps. */
  public void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).strongReference(true).register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private Counter tagged(String name, String description, String tag, String value) {
    return Counter.builder(name).description(description).tag(tag, value).register(registry);
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name).description(description).register(registry);
  }

  static String code(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static <K extends Enum<K>, V> V keyed(Map<K, V> counters, K key) {
    return requireNonNull(counters.get(key), key::name);
  }
}
