package io.headwater.stream.score;

import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.stream.ingest.Event;
import io.headwater.stream.ingest.EventReader;
import io.headwater.stream.ingest.Ingested;
import io.headwater.stream.ingest.Rejection;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.Batch.Prepared;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides events chunk by chunk: the first undecided event of a poll takes its successors along,
 * under one lease on all live versions, in batches sorted by length. The next chunk of the poll is
 * decided ahead: by another thread while the stream thread sends a chunk on, or by the stream
 * thread while it waits for another.
 *
 * <p>Each record is served wholly by one version, the champion or the canary that its key is for;
 * what the others answer goes beside. What is wrong with one record refuses that record alone. An
 * {@link Error}, and a missing model, end the stream thread. Not safe for use by several threads.
 */
public final class EventScorer {
  /** A poll is cut at least so often, as far as batches stay full: the first cut is waited for. */
  private static final int CUTS = 4;

  /**
   * Threads that decide a poll's events: it is cut at least so often, however short batches get.
   */
  private static final int HANDS = 2;

  private final EventReader reader;
  private final Supplier<Optional<Scoring>> live;
  private final int batchSize;
  private final Duration shedShadowsAfter;
  private final Duration aheadFrom;
  private final Pace pace;
  private final BatchScorer batches;
  private final Executor ahead;
  private final ScorerMeters meters;
  private final Clock clock;

  /**
   * Makes a scorer for one task.
   *
   * @param live gives leases on the versions in force
   * @param ahead runs what is not needed yet; may drop it, as whoever needs it runs it else
   */
  public EventScorer(
      EventReader reader,
      Supplier<Optional<Scoring>> live,
      ScoringSettings settings,
      Executor ahead,
      ScorerMeters meters,
      Clock clock) {
    this.reader = reader;
    this.live = live;
    this.batchSize = settings.batch();
    this.shedShadowsAfter = settings.shedShadowsAfter();
    this.aheadFrom = settings.aheadFrom();
    this.batches = new BatchScorer(meters, clock);
    this.pace = new Pace(settings.chunk(), settings.target());
    this.ahead = ahead;
    this.meters = meters;
    this.clock = clock;
  }

  /** What becomes of an event; decides its chunk where that was not done yet. */
  Verdict verdict(PolledEvent event) {
    Chunk chunk = event.chunk();
    if (chunk == null) {
      chunk = start(event);
    }
    if (!chunk.isTaken()) {
      Chunk next = next(event.poll());
      if (next != null) {
        ahead.execute(next::work);
        if (chunk.isUnderWay()) {
          next.work();
        }
      }
      Chunk.Spent spent = chunk.take();
      pace.took(spent.by(), spent.events(), spent.nanos(), spent.bytes());
      Poll poll = event.poll();
      if (poll != null) {
        poll.paced(pace.of(1));
      }
    }
    return event.verdict();
  }

  private Chunk start(PolledEvent event) {
    Poll poll = event.poll();
    if (poll == null) {
      meters.scoredAlone(ScorerMeters.Alone.UNPOLLED);
      return chunk(List.of(event));
    }
    meters.queued(poll.age());
    return chunk(poll.take(event, size(poll)));
  }

  /** What is to be decided ahead; null where nothing is left of the poll. */
  private @Nullable Chunk next(@Nullable Poll poll) {
    if (poll == null || !isLong(poll)) {
      return null;
    }
    List<PolledEvent> events = poll.takeNext(size(poll));
    if (events.isEmpty()) {
      return null;
    }
    meters.queued(poll.age());
    return chunk(events);
  }

  private int size(Poll poll) {
    if (!isLong(poll)) {
      return pace.size();
    }
    int share = (poll.size() + HANDS - 1) / HANDS;
    return Math.min(pace.size(), Math.max(Math.min(batchSize, share), poll.size() / CUTS));
  }

  private boolean isLong(Poll poll) {
    return pace.of(poll.size()).compareTo(aheadFrom) >= 0;
  }

  private Chunk chunk(List<PolledEvent> events) {
    Chunk chunk = new Chunk(() -> decide(events));
    events.forEach(event -> event.joins(chunk));
    return chunk;
  }

  private Chunk.Spent decide(List<PolledEvent> chunk) {
    long start = System.nanoTime();
    meters.chunk(chunk.size());
    try (Scoring set =
        live.get()
            .orElseThrow(
                () -> new IllegalStateException("no version is in force; the scorer is closing"))) {
      Instant now = clock.instant();
      Roster roster = Roster.of(set.members(), now);
      List<Member> shadows = shadows(roster, chunk, now);
      List<Prepared> prepared = prepare(chunk, set, roster);
      meters.featurised(Duration.ofNanos(System.nanoTime() - start));
      for (List<Prepared> alike : byCanary(prepared, roster)) {
        for (List<Prepared> events : LengthBatches.of(alike, batchSize)) {
          batches.score(new Batch(events, roster.champion(), events.get(0).canary(), shadows), set);
        }
      }
      long bytes = 0;
      for (Prepared one : prepared) {
        bytes += one.features().bytes();
      }
      Duration lag = chunk.get(0).lag(clock.instant(), reader.timedByRecord());
      if (lag != null) {
        meters.lag(lag);
      }
      return new Chunk.Spent(roster, chunk.size(), System.nanoTime() - start, bytes);
    }
  }

  /** The shadows that score the chunk: none where its first event has waited too long. */
  private List<Member> shadows(Roster roster, List<PolledEvent> chunk, Instant now) {
    Duration lag = chunk.get(0).lag(now, reader.timedByRecord());
    if (lag == null || lag.compareTo(shedShadowsAfter) <= 0) {
      return roster.shadows();
    }
    meters.shed(roster.shadows().size() * chunk.size());
    return List.of();
  }

  private static Collection<List<Prepared>> byCanary(List<Prepared> prepared, Roster roster) {
    if (roster.canaries().isEmpty()) {
      return List.of(prepared);
    }
    Map<Optional<Member>, List<Prepared>> alike = new LinkedHashMap<>();
    for (Prepared one : prepared) {
      alike
          .computeIfAbsent(Optional.ofNullable(one.canary()), unused -> new ArrayList<>())
          .add(one);
    }
    return alike.values();
  }

  private List<Prepared> prepare(List<PolledEvent> chunk, Scoring set, Roster roster) {
    int reading = set.reading(roster.champion().version());
    CanaryKeys canaryKeys = new CanaryKeys();
    List<Prepared> prepared = new ArrayList<>(chunk.size());
    for (PolledEvent polled : chunk) {
      Rejection oversized = reader.refuseEnvelope(polled.envelopeBytes());
      Ingested read =
          oversized != null
              ? oversized
              : reader.read(polled.key(), polled.value(), polled.timestamp());
      if (read instanceof Rejection rejection) {
        polled.decide(new Verdict.Refused(rejection));
      } else if (read instanceof Event event) {
        try {
          Features features = set.featurise(reading, event.body());
          prepared.add(
              new Prepared(
                  polled,
                  event,
                  features,
                  canaryKeys.choose(roster.canaries(), polled.key(), event.id())));
        } catch (FeatureException e) {
          polled.decide(
              refused(
                  e.isMissing() ? DeadLetterReason.MISSING_FIELD : DeadLetterReason.FEATURE,
                  String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
          polled.decide(
              refused(
                  DeadLetterReason.FEATURE,
                  "the event could not be featurised: " + e.getClass().getSimpleName()));
        }
      }
    }
    return prepared;
  }

  private static Verdict refused(DeadLetterReason reason, String message) {
    return new Verdict.Refused(new Rejection(reason, message));
  }
}
