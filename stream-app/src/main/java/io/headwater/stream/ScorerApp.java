package io.headwater.stream;

import io.headwater.model.log.ModelLog;
import io.headwater.model.pack.AnswerFit;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.Trust;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.AvroEvents;
import io.headwater.schemas.serde.EventDecoder;
import io.headwater.schemas.serde.HttpSchemaRegistry;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.schemas.serde.SchemaRegistry;
import io.headwater.schemas.serde.WireFormat;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.LeasedScoring;
import io.headwater.stream.score.Member;
import io.headwater.stream.score.Roster;
import io.headwater.stream.swap.LiveSets;
import io.headwater.stream.swap.StageIntake;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores a pipeline's events with the versions that its stages name, and joins their feedback.
 *
 * <p>Nothing is consumed before a trained production version is in force. Safe for use by several
 * threads. A process that is told to end must call {@link #close} before the JVM's shutdown begins
 * (from a signal handler, not from a shutdown hook): ONNX Runtime's own hook runs beside others,
 * and crashes the JVM while a model loads.
 */
public final class ScorerApp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScorerApp.class);
  private static final List<Stage> FOLLOWED = List.of(Stage.PRODUCTION, Stage.CANARY, Stage.SHADOW);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration OUTAGE_REST = Duration.ofSeconds(2);

  private final LiveSets live;
  private final ScorerMeters meters;
  private final ThreadFailures failures;
  private final ScorerOptions options;
  private final KafkaStreams streams;
  private final ModelLog modelLog;
  private final ExecutorService ahead;
  private final Map<Stage, StageIntake> intakes = new EnumMap<>(Stage.class);
  private final CountDownLatch closing = new CountDownLatch(1);
  private boolean started;
  private boolean streaming;
  private boolean closed;
  private @Nullable String startFailure;

  /**
   * Makes a scorer.
   *
   * @param client Kafka client settings: bootstrap servers, security
   * @param trust whose signatures on the stages are believed, as it stands at each look
   * @throws IllegalArgumentException where an override is unknown
   * @throws org.apache.kafka.common.config.ConfigException where a Kafka setting is wrong
   */
  public ScorerApp(
      Pipeline pipeline,
      Map<String, Object> client,
      ScorerOptions options,
      Supplier<Trust> trust,
      MeterRegistry registry) {
    Clock clock = Clock.systemUTC();
    this.options = options;
    this.ahead = ahead(options.threads());
    this.meters = new ScorerMeters(registry);
    this.live = new LiveSets(options.guard(), meters.versions(), clock);
    this.failures = new ThreadFailures(clock, meters, this::restFromOutage);
    this.modelLog =
        new ModelLog(pipeline.topics(), client, options.stateDir().resolve("blobs"), trust);
    for (Stage stage : FOLLOWED) {
      intakes.put(
          stage,
          new StageIntake(
              stage,
              (at, version) -> load(pipeline, at, version),
              this::putInForce,
              meters.versions(),
              clock));
    }
    this.streams =
        new KafkaStreams(topology(pipeline, clock), StreamsSettings.of(pipeline, client, options));
    streams.setUncaughtExceptionHandler(failures);
    streams.setStateListener((to, from) -> LOG.info("Streams: {} -> {}", from, to));
    new StreamsGauges(streams::metrics).show(meters);
  }

  private Topology topology(Pipeline pipeline, Clock clock) {
    SchemaRegistry registry = registry(pipeline.wire());
    EventDecoder decoder =
        registry == null ? new JsonEvents(pipeline.event().maxBytes()) : new AvroEvents(registry);
    return ScorerTopology.of(
        pipeline,
        new RecordSerdes(pipeline.wire().format(), registry),
        decoder,
        () -> LeasedScoring.of(live.live()),
        options.scoring().of(pipeline.features()),
        ahead,
        meters,
        clock);
  }

  /** Threads that score ahead of the stream threads, which do without where it has stopped. */
  private static ExecutorService ahead(int threads) {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        task -> {
          Thread thread = new Thread(task, "headwater-score-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        },
        new ThreadPoolExecutor.DiscardPolicy());
  }

  private static @Nullable SchemaRegistry registry(Pipeline.Wire wire) {
    if (wire.format() != WireFormat.AVRO) {
      return null;
    }
    URI address = wire.registry();
    if (address == null) {
      throw new IllegalArgumentException(
          "`format: avro` needs a schema registry: set `registry` in the pipeline file");
    }
    return new HttpSchemaRegistry(address);
  }

  /** Begins to follow the stages; scoring starts once production has a version in force. */
  public synchronized void start() {
    if (started || closed) {
      throw new IllegalStateException("a scorer is started once");
    }
    started = true;
    intakes.forEach(
        (stage, intake) ->
            modelLog.follow(stage, options.pollModels(), intake::offer, intake::unreadable));
  }

  private boolean load(Pipeline pipeline, Stage stage, ModelPackage version) {
    AnswerFit.require(pipeline, version.manifest());
    return live.load(stage, version);
  }

  private void putInForce(Stage stage, List<Member> members) {
    live.put(stage, members);
    if (live.roster().isPresent()) {
      stream();
    }
  }

  private synchronized void stream() {
    if (streaming || closed) {
      return;
    }
    streaming = true;
    try {
      streams.start();
    } catch (RuntimeException e) {
      LOG.error("Kafka Streams can't start", e);
      startFailure = "Kafka Streams can't start: " + e.getMessage();
    }
  }

  public synchronized ScorerStatus status() {
    Roster roster = live.roster().orElse(null);
    String version = roster == null ? null : roster.champion().version();
    if (closed) {
      return new ScorerStatus(ScorerStatus.State.CLOSED, version, "closed");
    }
    if (startFailure != null) {
      return new ScorerStatus(ScorerStatus.State.FAILED, version, startFailure);
    }
    if (roster == null || version == null) {
      return new ScorerStatus(
          ScorerStatus.State.WAITING_FOR_MODEL,
          null,
          trouble(Stage.PRODUCTION).orElse(ScorerStatus.NO_MODEL));
    }
    return switch (streams.state()) {
      case RUNNING -> running(version, roster);
      case ERROR, PENDING_ERROR, NOT_RUNNING, PENDING_SHUTDOWN ->
          new ScorerStatus(
              ScorerStatus.State.FAILED,
              version,
              failures.last().orElse("Kafka Streams stopped; restart the scorer"));
      case CREATED, REBALANCING ->
          new ScorerStatus(
              ScorerStatus.State.STARTING,
              version,
              failures.last().orElse("partitions are being assigned"));
    };
  }

  private ScorerStatus running(String version, Roster roster) {
    return failures
        .outage()
        .map(outage -> new ScorerStatus(ScorerStatus.State.STARTING, version, outage))
        .orElseGet(
            () ->
                new ScorerStatus(
                    ScorerStatus.State.RUNNING,
                    version,
                    FOLLOWED.stream()
                        .flatMap(stage -> trouble(stage).stream())
                        .findFirst()
                        .orElseGet(() -> "scoring with " + names(roster))));
  }

  private Optional<String> trouble(Stage stage) {
    return Optional.ofNullable(intakes.get(stage)).flatMap(StageIntake::trouble);
  }

  private static String names(Roster roster) {
    StringBuilder names = new StringBuilder("version " + Digest.brief(roster.champion().version()));
    for (Member canary : roster.canaries()) {
      names.append(
          ", canary %s for %.3g %% of keys"
              .formatted(Digest.brief(canary.version()), 100 * canary.share()));
    }
    if (!roster.shadows().isEmpty()) {
      names.append(", %d in shadow".formatted(roster.shadows().size()));
    }
    return names.toString();
  }

  /** On the stream thread that failed; ends early where the scorer closes. */
  private void restFromOutage() {
    try {
      if (closing.await(OUTAGE_REST.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("closing");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Stops: first the loading of models, then scoring, then the model; what was scored is committed.
   * Others take over the partitions at once.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      closing.countDown();
    }
    // Waits for a version that is loading.
    modelLog.close();
    boolean stopped =
        streams.close(
            CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    if (!stopped) {
      LOG.warn(
          "Stream threads still ran after {}; their leases keep the model open", CLOSE_TIMEOUT);
    }
    ahead.shutdown();
    live.close();
  }
}
