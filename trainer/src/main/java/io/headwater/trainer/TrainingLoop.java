package io.headwater.trainer;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Stage;
import io.headwater.trainer.TrainerStatus.State;
import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.log.TrainingLog;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.publish.CandidatePackage;
import io.headwater.trainer.publish.ExampleList;
import io.headwater.trainer.publish.RecordedTraining;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.replay.SkipReason;
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
import org.apache.kafka.common.TopicPartition;
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
  private Champion champion;

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
      Champion champion,
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
    this.champion = champion;
    this.telemetry = telemetry;
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
                    Digest.brief(champion.version())));
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
    telemetry
        .board()
        .state(
            State.TRAINING,
            "training from %s: %s".formatted(Digest.brief(champion.version()), firing.reason()));
    BooleanSupplier paced = Budget.of(pipeline.training(), cancelled);
    Lesson lesson = lessons.prepare(champion, intake.select(), paced);
    lesson.gone().forEach(telemetry.meters()::skipped);
    LOG.info("{}: {}", lesson.freeze().freeze(), lesson.freeze().reason());
    RoundSettings settings =
        RoundSettings.of(pipeline, champion.model().manifest().getLabels(), Start.WARM);
    List<ReplayExample> replay = lesson.examples();
    RoundOutcome outcome =
        new TrainingRound(champion.head(), lesson.contenders(), champion::decide, settings)
            .run(replay, lesson.crossing(), paced);
    FreezeDecision freeze = lesson.judged(outcome);
    Course kept = lesson.kept(outcome);
    ModelPackage version =
        new CandidatePackage(
                champion.published(),
                kept == null ? champion.model() : kept.base(),
                settings,
                facts(lesson))
            .with(
                kept == null ? outcome.weights() : kept.weights(outcome.weights()),
                kept == null ? champion.headSegments() : kept.last(),
                freeze,
                ExampleList.bytes(
                    pipeline.topics().examples(), replay.subList(0, outcome.trainedOn())),
                outcome.trainedOn(),
                count.ranges(),
                outcome.comparison().map(Comparison::candidate));
    if (outcome instanceof RoundOutcome.Accepted) {
      lesson.check(version, champion, outcome);
    }
    if (cancelled.getAsBoolean()) {
      throw new CancellationException(
          "the trainer was closed, or another took over, before it could publish");
    }
    Map<TopicPartition, Long> read = new HashMap<>(count.next());
    read.putAll(watch.positions());
    publisher.conclude(
        champion, outcome, freeze, version, firing, TrainingLog.metadata(read), count.seen());
    count.trained();
    watch.trained(replay);
    telemetry.board().examples(count.seen(), count.sinceTraining());
    telemetry.meters().trained(Duration.ofNanos(System.nanoTime() - started));
  }

  private Map<String, String> facts(Lesson lesson) {
    Map<String, String> facts = new HashMap<>(RecordedTraining.facts(pipeline));
    facts.put(RecordedTraining.WAYS, RecordedTraining.ways(lesson.ways()));
    return facts;
  }

  /** Takes over what production holds now; where its prefix is another, the replay is rebuilt. */
  private void followChampion(BooleanSupplier cancelled) {
    Optional<PublishedVersion> production = models.latest(Stage.PRODUCTION);
    if (production.isEmpty() || production.get().version().equals(champion.version())) {
      return;
    }
    champion = Champion.of(production.get(), pipeline);
    if (!intake.reads(champion.examples())) {
      intake.restart(champion.examples());
      rebuild((example, usable) -> {}, cancelled);
    }
  }
}
