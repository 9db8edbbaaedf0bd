package io.headwater.trainer;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Stage;
import io.headwater.trainer.TrainerStatus.State;
import io.headwater.trainer.log.TrainingLog;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.publish.CandidatePackage;
import io.headwater.trainer.publish.ExampleList;
import io.headwater.trainer.publish.RecordedTraining;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.replay.SkipReason;
import io.headwater.trainer.round.Leash;
import io.headwater.trainer.round.RoundOutcome;
import io.headwater.trainer.round.RoundSettings;
import io.headwater.trainer.round.TrainingRound;
import io.headwater.trainer.trigger.Firing;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads examples, and trains when a trigger fires.
 *
 * <p>Belongs to one thread. Nothing but the log is kept, so after any failure a new loop goes on
 * exactly where the last decision was.
 */
final class TrainingLoop {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);

  /** Of the log before the last decision, this many times what a training replays is read again. */
  private static final long HISTORY = 50;

  private final Pipeline pipeline;
  private final TrainerOptions options;
  private final ModelLog models;
  private final Publisher publisher;
  private final TrainingLog log;
  private final ExampleIntake intake;
  private final ReadCount count;
  private final TrainingWatch watch;
  private final Lessons lessons;
  private final Telemetry telemetry;
  private final Rehearsal rehearsal;
  private final @Nullable Guard guard;
  private StartingPoint from;
  private long candidates;

  TrainingLoop(
      Pipeline pipeline,
      TrainerOptions options,
      ModelLog models,
      Publisher publisher,
      TrainingLog log,
      ExampleIntake intake,
      ReadCount count,
      TrainingWatch watch,
      Recomputation recomputation,
      Rehearsal rehearsal,
      StartingPoint from,
      Telemetry telemetry) {
    this.pipeline = pipeline;
    this.options = options;
    this.models = models;
    this.publisher = publisher;
    this.log = log;
    this.intake = intake;
    this.count = count;
    this.watch = watch;
    this.lessons = new Lessons(pipeline, recomputation);
    this.from = from;
    this.candidates = candidateEpoch();
    this.telemetry = telemetry;
    this.guard = Guard.of(pipeline);
    this.rehearsal = rehearsal;
  }

  /** By partition, the first offset that a replay is built from. */
  static Map<TopicPartition, Long> history(
      Pipeline.Training training,
      Map<TopicPartition, Long> beginnings,
      Map<TopicPartition, Long> decidedUpTo) {
    long reach =
        HISTORY * (training.window() + (long) training.balanced()) / Math.max(1, beginnings.size());
    Map<TopicPartition, Long> from = new HashMap<>();
    beginnings.forEach(
        (partition, begin) -> {
          long next = decidedUpTo.getOrDefault(partition, begin);
          from.put(partition, Math.max(begin, next - reach));
        });
    return from;
  }

  /** Runs until cancelled, or until another trainer is elected. */
  void run(BooleanSupplier cancelled) {
    rebuild(watch::past, cancelled);
    watch.start(intake.select());
    while (!cancelled.getAsBoolean()) {
      collecting();
      watch.look();
      boolean idle = true;
      for (ConsumerRecord<byte[], byte[]> example : log.poll(options.poll())) {
        idle = false;
        take(example);
        if (trainIfDue(cancelled)) {
          break;
        }
      }
      if (idle) {
        watch.idle();
        trainIfDue(cancelled);
      }
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> example) {
    telemetry.meters().example();
    Optional<SkipReason> skipped = intake.take(example, watch::present);
    skipped.ifPresent(telemetry.meters()::skipped);
    count.read(TrainingLog.partition(example), example.offset());
    telemetry.board().examples(count.seen(), count.sinceTraining());
  }

  private boolean trainIfDue(BooleanSupplier cancelled) {
    Optional<Firing> firing = watch.due(count.sinceTraining());
    if (firing.isEmpty() || isFarBehind()) {
      return false;
    }
    train(firing.get(), cancelled);
    // What was polled beyond is read again: the replay may have been rebuilt meanwhile.
    log.seek(count.next());
    return true;
  }

  private void collecting() {
    telemetry
        .board()
        .state(
            State.COLLECTING,
            "%d of %d new examples; champion %s"
                .formatted(
                    count.sinceTraining(),
                    pipeline.training().trigger(),
                    Digest.brief(from.start().version())));
  }

  private boolean isFarBehind() {
    return log.remaining(count.next())
        > (long) options.maxBacklog() * pipeline.training().trigger();
  }

  private void rebuild(ExampleIntake.Seen seen, BooleanSupplier cancelled) {
    telemetry.board().state(State.STARTING, "reading the training log up to the last decision");
    telemetry.board().examples(count.seen(), count.sinceTraining());
    log.replay(
        count.from(),
        count.next(),
        example -> intake.take(example, seen),
        options.poll(),
        cancelled);
  }

  private void train(Firing firing, BooleanSupplier cancelled) {
    telemetry.triggers().fired(firing.kind());
    LOG.info("training fired by {}: {}", firing.kind().code(), firing.reason());
    long started = System.nanoTime();
    followChampion(cancelled);
    Champion champion = from.start();
    telemetry
        .board()
        .state(
            State.TRAINING,
            "training from %s: %s".formatted(Digest.brief(champion.version()), firing.reason()));
    BooleanSupplier paced = Budget.of(pipeline.training(), cancelled);
    Lesson lesson = lessons.prepare(champion, rehearsal.before(intake.select()), paced);
    lesson.gone().forEach(telemetry.meters()::skipped);
    LOG.info("{}: {}", lesson.freeze().freeze(), lesson.freeze().reason());
    List<ReplayExample> replay = lesson.examples();
    // What learns from an older head need not be better than that one, but than what is in force.
    RoundSettings settings =
        RoundSettings.of(pipeline, champion.model().manifest().getLabels(), Start.CALIBRATED)
            .unseen(from.rival() == null ? unseen(champion, replay) : 0);
    Double tolerance = pipeline.training().memory().guardTolerance();
    RoundOutcome outcome =
        new TrainingRound(
                champion.head(),
                lesson.contenders(),
                champion::decide,
                settings,
                from.rival(),
                guard == null || tolerance == null ? Leash.NONE : guard.leash(champion, tolerance))
            .run(replay, lesson.crossing(), paced);
    List<ReplayExample> logged = Rehearsal.without(replay.subList(0, outcome.trainedOn()));
    FreezeDecision freeze = lesson.judged(outcome);
    Course kept = lesson.kept(outcome);
    ModelPackage version =
        new CandidatePackage(
                champion.published(),
                kept == null ? champion.model() : kept.base(),
                settings,
                facts(champion, lesson, outcome))
            .with(
                kept == null ? outcome.weights() : kept.weights(outcome.weights()),
                kept == null ? champion.headSegments() : kept.last(),
                freeze,
                ExampleList.bytes(pipeline.topics().examples(), logged),
                logged.size(),
                count.ranges(),
                outcome.comparison());
    Guarded guarded = null;
    if (outcome instanceof RoundOutcome.Accepted accepted) {
      lesson.check(version, champion, outcome);
      guarded = guard == null ? null : guard.judge(version, champion.model());
      if (guarded != null) {
        version = version.withMetrics(guarded.metrics());
        outcome = guarded.judged(accepted, tolerance);
        telemetry.meters().guarded(guarded.child(), guarded.parent());
      }
    }
    if (cancelled.getAsBoolean()) {
      throw new CancellationException(
          "the trainer was closed, or another took over, before it could publish");
    }
    Map<TopicPartition, Long> read = new HashMap<>(count.next());
    read.putAll(watch.positions());
    publisher.conclude(
        from,
        outcome,
        freeze,
        version,
        firing,
        guarded == null ? List.of() : guarded.measures(),
        TrainingLog.metadata(read),
        count.seen());
    candidates = candidateEpoch();
    count.trained();
    watch.trained(replay);
    telemetry.board().examples(count.seen(), count.sinceTraining());
    telemetry.meters().trained(Duration.ofNanos(System.nanoTime() - started));
  }

  private int unseen(Champion champion, List<ReplayExample> replay) {
    return champion.unseen(Rehearsal.without(replay), pipeline.topics().examples());
  }

  private Map<String, String> facts(Champion champion, Lesson lesson, RoundOutcome outcome) {
    Map<String, String> facts = new HashMap<>(RecordedTraining.facts(pipeline));
    facts.put(RecordedTraining.WAYS, RecordedTraining.ways(lesson.ways()));
    if (!rehearsal.digest().isEmpty()) {
      facts.put(Rehearsal.DIGEST, rehearsal.digest());
    }
    if (guard != null) {
      facts.putAll(guard.memory(champion));
      if (outcome instanceof RoundOutcome.Accepted accepted) {
        facts.put(RecordedTraining.PART, Double.toString(accepted.part()));
      }
    }
    return facts;
  }

  /** Takes over what production holds now; where its prefix is another, the replay is rebuilt. */
  private void followChampion(BooleanSupplier cancelled) {
    if (candidateEpoch() != candidates) {
      throw new KafkaException(
          "the candidate stage was written by another, as where learning is rewound; what the log"
              + " says now is read again");
    }
    Optional<PublishedVersion> production = models.latest(Stage.PRODUCTION);
    if (production.isEmpty() || production.get().version().equals(from.inForce().version())) {
      return;
    }
    from = StartingPoint.of(production.get(), pipeline);
    if (!intake.reads(from.start().examples())) {
      intake.restart(from.start().examples());
      rebuild((example, usable) -> {}, cancelled);
    }
  }

  private long candidateEpoch() {
    return models.latest(Stage.CANDIDATE).map(last -> last.record().getEpoch()).orElse(0L);
  }
}
