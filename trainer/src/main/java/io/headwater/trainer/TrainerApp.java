package io.headwater.trainer;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageRecordException;
import io.headwater.model.pack.Digest;
import io.headwater.model.pipeline.Exclusions;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.Signing;
import io.headwater.schemas.Example;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.AvroEvents;
import io.headwater.schemas.serde.EventDecoder;
import io.headwater.schemas.serde.HttpSchemaRegistry;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.schemas.serde.SchemaRegistry;
import io.headwater.schemas.serde.WireFormat;
import io.headwater.trainer.TrainerStatus.State;
import io.headwater.trainer.elect.Candidacy;
import io.headwater.trainer.log.DecisionHistory;
import io.headwater.trainer.log.EventLog;
import io.headwater.trainer.log.TrainingLog;
import io.headwater.trainer.publish.Decisions;
import io.headwater.trainer.replay.CrossingFiles;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fine-tunes a pipeline's head on its labelled examples, on one thread.
 *
 * <p>Each training ends in exactly one decision record that says how many examples were seen, in
 * one transaction with the offsets read and with what it publishes; a promotion follows in another.
 * So a trainer that is started again neither skips nor repeats a training. A failure of Kafka makes
 * it start over from the log; any other failure ends it.
 *
 * <p>Of a pipeline's trainers one is elected, and the others stand by. One that another took over
 * from ends what it does, without writing anything of it, and stands by.
 *
 * <p>Safe for use by several threads. A process that is told to end must call {@link #close} before
 * the JVM's shutdown begins: ONNX Runtime's own shutdown hook crashes a training beside it.
 */
public final class TrainerApp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerApp.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Pipeline pipeline;
  private final Map<String, Object> client;
  private final TrainerOptions options;
  private final Signing signing;
  private final Clock clock;
  private final RecordSerde<Example> serde;
  private final EventDecoder decoder;
  private final Telemetry telemetry;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "trainer");
  private boolean started;

  /**
   * Makes a trainer.
   *
   * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or
   *     {@code producer.} those of one kind
   * @param signing the key to sign candidates and promotions with, and whom to believe
   * @param clock tells when decisions are taken and from when versions hold
   */
  public TrainerApp(
      Pipeline pipeline,
      Map<String, Object> client,
      TrainerOptions options,
      Signing signing,
      MeterRegistry registry,
      Clock clock) {
    this.pipeline = pipeline;
    this.client = Map.copyOf(client);
    this.options = options;
    this.signing = signing;
    this.clock = clock;
    this.serde = examples(pipeline);
    this.decoder = decoder(pipeline);
    this.telemetry = Telemetry.of(registry, pipeline.labels());
    thread.setDaemon(true);
  }

  /** Reads examples as the pipeline's scorers write them. */
  static RecordSerde<Example> examples(Pipeline pipeline) {
    return new RecordSerdes(pipeline.wire().format(), schemas(pipeline.wire())).of(Example.class);
  }

  /** Reads events as the pipeline's scorers do. */
  static EventDecoder decoder(Pipeline pipeline) {
    SchemaRegistry schemas = schemas(pipeline.wire());
    return schemas == null ? new JsonEvents(pipeline.event().maxBytes()) : new AvroEvents(schemas);
  }

  private static @Nullable SchemaRegistry schemas(Pipeline.Wire wire) {
    URI address = wire.registry();
    return wire.format() == WireFormat.AVRO && address != null
        ? new HttpSchemaRegistry(address)
        : null;
  }

  /** Begins to read and train; returns at once. */
  public synchronized void start() {
    if (started || isClosing()) {
      throw new IllegalStateException("a trainer is started once");
    }
    started = true;
    thread.start();
  }

  public TrainerStatus status() {
    return telemetry.board().read();
  }

  /** Ends the training in progress before its next step, and waits for that. */
  @Override
  public void close() {
    closing.countDown();
    if (thread != Thread.currentThread()) {
      try {
        join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    telemetry.board().state(State.CLOSED, "closed");
  }

  private void join() throws InterruptedException {
    TimeUnit.MILLISECONDS.timedJoin(thread, CLOSE_TIMEOUT.toMillis());
    if (thread.isAlive()) {
      // A broker that does not answer is not waited for; a running session is never interrupted.
      thread.interrupt();
      TimeUnit.MILLISECONDS.timedJoin(thread, CLOSE_TIMEOUT.toMillis());
    }
    if (thread.isAlive()) {
      LOG.warn("the trainer's thread still runs {} after it was told to end", CLOSE_TIMEOUT);
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void run() {
    while (!isClosing()) {
      try {
        runOnce();
      } catch (CancellationException e) {
        LOG.info("{}", e.getMessage());
      } catch (AuthenticationException | AuthorizationException e) {
        fail(e);
        return;
      } catch (KafkaException e) {
        restart(e);
      } catch (RuntimeException | Error e) {
        fail(e);
        return;
      }
    }
  }

  private void fail(Throwable e) {
    LOG.error("the trainer has stopped", e);
    telemetry.board().state(State.FAILED, "stopped, restart the trainer: " + e.getMessage());
  }

  private void restart(KafkaException e) {
    LOG.warn("the trainer starts over in {}", options.restartAfter(), e);
    telemetry.meters().restarted();
    telemetry
        .board()
        .state(
            State.STARTING,
            "starts over in %d s: %s"
                .formatted(options.restartAfter().toSeconds(), e.getMessage()));
    pause(options.restartAfter());
  }

  private void runOnce() {
    telemetry.board().state(State.STARTING, "looking for the production version");
    try (ModelLog models =
        new ModelLog(pipeline.topics(), client, options.cache(), signing.trust())) {
      PublishedVersion production = awaitProduction(models);
      if (production == null) {
        return;
      }
      try (Candidacy candidacy = new Candidacy(pipeline.topics(), client)) {
        if (awaitElection(candidacy)) {
          train(models, production, candidacy);
        }
      } finally {
        telemetry.meters().active(false);
      }
    }
  }

  private void train(ModelLog models, PublishedVersion production, Candidacy candidacy) {
    telemetry.meters().active(true);
    // Fences an earlier trainer, so that what is read below is final.
    try (Publisher publisher = new Publisher(pipeline, client, signing, models, telemetry, clock);
        TrainingLog log = new TrainingLog(pipeline.topics(), client);
        EventLog events = new EventLog(client, pipeline.topics().trainerGroup());
        CrossingFiles kept =
            CrossingFiles.open(options.activations(), pipeline.training().tuning().cacheBytes())) {
      telemetry.meters().caching(kept);
      DecisionHistory history = DecisionHistory.read(pipeline.topics(), client);
      publisher.finish(history);
      PublishedVersion inForce = models.latest(Stage.PRODUCTION).orElse(production);
      Optional<Rewound> rewound = Rewound.of(history, models);
      StartingPoint from =
          rewound
              .filter(Rewound::open)
              .map(to -> StartingPoint.rewound(inForce, to.from(), pipeline))
              .orElseGet(() -> StartingPoint.of(inForce, pipeline));
      Rehearsal rehearsal = Rehearsal.of(pipeline);
      Exclusions excluded = rewound.map(Rewound::exclusions).orElse(Exclusions.NONE);
      if (from.isRewound() || !excluded.isEmpty()) {
        LOG.info(
            "trainings start from {} and leave out {}",
            Digest.brief(from.start().version()),
            excluded.and(pipeline.training().memory().exclude()));
      }
      try (TrainingWatch watch =
          new TrainingWatch(pipeline, client, lastTrained(history, inForce), telemetry, clock)) {
        new TrainingLoop(
                pipeline,
                options,
                models,
                publisher,
                log,
                new ExampleIntake(pipeline, serde, from.start().examples(), excluded),
                readCount(models, log, history),
                watch,
                new Recomputation(
                    events::read,
                    decoder,
                    pipeline.training().tuning().activationBytes(),
                    kept,
                    rehearsal.events()),
                rehearsal,
                from,
                telemetry)
            .run(() -> isClosing() || !candidacy.isElected());
      }
    }
    if (!isClosing()) {
      LOG.warn("another trainer took over; this one stands by");
    }
  }

  /** False where this one is closed before it is elected. */
  private boolean awaitElection(Candidacy candidacy) {
    while (!isClosing()) {
      if (candidacy.isElected()) {
        return true;
      }
      telemetry
          .board()
          .state(
              State.STANDBY,
              "another trainer of the pipeline trains, or is given some seconds to come back;"
                  + " this one takes over when it ends");
      pause(options.awaitModel());
    }
    return false;
  }

  private @Nullable PublishedVersion awaitProduction(ModelLog models) {
    while (!isClosing()) {
      Optional<PublishedVersion> production = models.latest(Stage.PRODUCTION);
      if (production.isPresent()) {
        return production.get();
      }
      telemetry
          .board()
          .state(
              State.WAITING_FOR_MODEL,
              models
                  .passedOver(Stage.PRODUCTION)
                  .map(StageRecordException::getMessage)
                  .map(why -> "a record of the production stage was refused: " + why)
                  .orElse(TrainerStatus.NO_MODEL));
      pause(options.awaitModel());
    }
    return null;
  }

  /** When a training was decided last or, before any, when production was written. */
  private static Instant lastTrained(DecisionHistory history, PublishedVersion production) {
    return history
        .lastBy(Decisions.TRAINER)
        .map(RolloutDecision::getDecidedAt)
        .orElse(production.record().getWrittenAt());
  }

  private ReadCount readCount(ModelLog models, TrainingLog log, DecisionHistory history) {
    Map<TopicPartition, Long> beginnings = log.beginnings();
    Map<TopicPartition, Long> next = new HashMap<>(beginnings);
    Map<TopicPartition, Long> decided = log.committed();
    if (decided.isEmpty()) {
      // The broker forgets a silent group's offsets; the last candidate's lineage has them too.
      decided =
          models
              .latest(Stage.CANDIDATE)
              .map(last -> ReadCount.ends(last.model().manifest().getLineage().getRanges()))
              .orElse(Map.of());
    }
    decided.forEach((partition, offset) -> next.merge(partition, offset, Math::max));
    next.keySet().retainAll(beginnings.keySet());
    long seen = history.lastBy(Decisions.TRAINER).map(RolloutDecision::getExamplesSeen).orElse(0L);
    return new ReadCount(TrainingLoop.history(pipeline.training(), beginnings, next), next, seen);
  }

  private void pause(Duration time) {
    try {
      if (closing.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("closing");
      }
    } catch (InterruptedException e) {
      closing.countDown();
      Thread.currentThread().interrupt();
    }
  }
}
