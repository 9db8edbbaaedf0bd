package io.headwater.stream;

import io.headwater.model.log.ModelLog;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.LiveModel;
import io.headwater.model.runtime.LoadedModel;
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
import io.headwater.stream.swap.ProductionIntake;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores a pipeline's events with the version that its production stage names, and joins their
 * feedback.
 *
 * <p>Nothing is consumed before a trained production version is in force. Safe for use by several
 * threads. A process that is told to end must call {@link #close} before the JVM's shutdown begins
 * (from a signal handler, not from a shutdown hook): ONNX Runtime's own hook runs beside others,
 * and crashes the JVM while a model loads.
 */
public final class ScorerApp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScorerApp.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration OUTAGE_REST = Duration.ofSeconds(2);

  private final LiveModel live = new LiveModel();
  private final ScorerMeters meters;
  private final ThreadFailures failures;
  private final ScorerOptions options;
  private final KafkaStreams streams;
  private final ModelLog modelLog;
  private final ProductionIntake intake;
  private final CountDownLatch closing = new CountDownLatch(1);
  private boolean started;
  private boolean streaming;
  private boolean closed;
  private @Nullable String startFailure;

  /**
   * Makes a scorer.
   *
   * @param client Kafka client settings: bootstrap servers, security
   * @param trust whose signatures on the production stage are believed, as it stands at each look
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
    this.meters = new ScorerMeters(registry);
    this.failures = new ThreadFailures(clock, meters, this::restFromOutage);
    this.modelLog =
        new ModelLog(pipeline.topics(), client, options.stateDir().resolve("blobs"), trust);
    this.intake = new ProductionIntake(this::putInForce, meters, clock);
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
        () -> LeasedScoring.of(live),
        options.scoring(),
        meters,
        clock);
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

  /** Begins to follow the production stage; scoring starts once a version is in force. */
  public synchronized void start() {
    if (started || closed) {
      throw new IllegalStateException("a scorer is started once");
    }
    started = true;
    modelLog.follow(Stage.PRODUCTION, options.pollModels(), intake::offer, intake::unreadable);
  }

  private void putInForce(ModelPackage version) {
    live.swap(LoadedModel.load(version));
    stream();
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
    String version = live.version().orElse(null);
    if (closed) {
      return new ScorerStatus(ScorerStatus.State.CLOSED, version, "closed");
    }
    if (startFailure != null) {
      return new ScorerStatus(ScorerStatus.State.FAILED, version, startFailure);
    }
    if (version == null) {
      return new ScorerStatus(
          ScorerStatus.State.WAITING_FOR_MODEL,
          null,
          intake.trouble().orElse("waiting for a trained version in production"));
    }
    return switch (streams.state()) {
      case RUNNING -> running(version);
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

  private ScorerStatus running(String version) {
    return failures
        .outage()
        .map(outage -> new ScorerStatus(ScorerStatus.State.STARTING, version, outage))
        .orElseGet(
            () ->
                new ScorerStatus(
                    ScorerStatus.State.RUNNING,
                    version,
                    intake.trouble().orElse("scoring with version " + Digest.brief(version))));
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
    live.close();
  }
}
