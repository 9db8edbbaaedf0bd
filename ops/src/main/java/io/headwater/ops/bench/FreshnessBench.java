package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.KeyFolder;
import io.headwater.ops.sign.OwnKey;
import io.headwater.schemas.Label;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.trainer.TrainerApp;
import io.headwater.trainer.TrainerOptions;
import io.headwater.trainer.TrainerStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A scorer that is fed at a steady rate, and a trainer with a long history beside it. In each round
 * all examples but one of those that fire a training are there; the label of an event that was
 * scored gives the last.
 *
 * @param replayed examples that each training replays
 */
record FreshnessBench(
    Workload workload,
    String bootstrapServers,
    Path work,
    int replayed,
    Consumer<String> progress) {
  private static final int TRIGGER = 50;
  private static final double EVENTS_PER_SECOND = 20;
  private static final int ROUNDS_ALLOWED = 3;
  private static final Duration LOOK_EVERY = Duration.ofMillis(2);

  /** A workload whose pipeline trains as this measures. */
  static Workload taught(Workload plain, int replayed) {
    return new Workload(
        plain.name(),
        plain.yaml()
            + """
              training: { trigger: %d, window: %d, balanced: 0, holdout: 50, epochs: 5, batch: 64, freeze: head }
              rollout: { gates: holdout, tolerance: 0.1 }
              """
                .formatted(TRIGGER, replayed),
        plain.version(),
        plain.event(),
        plain.events(),
        plain.batch());
  }

  FreshnessReport run(int rounds) throws InterruptedException {
    try (BenchScorer scorer = new BenchScorer(bootstrapServers, workload, Contender.JOINING, work);
        MadeExamples examples =
            new MadeExamples(scorer.pipeline(), workload.version(), scorer.client());
        KafkaProducer<byte[], byte[]> labels =
            new KafkaProducer<>(
                new HashMap<>(scorer.client()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      progress.accept("writing a history of " + replayed + " examples");
      examples.write(replayed);
      decidedUpTo(scorer.pipeline(), scorer.client(), replayed);
      try (TrainerApp trainer = trainer(scorer);
          Feed feed = scorer.feed(EVENTS_PER_SECOND, progress)) {
        return measured(rounds, scorer, examples, labels, trainer, feed);
      }
    }
  }

  private FreshnessReport measured(
      int rounds,
      BenchScorer scorer,
      MadeExamples examples,
      KafkaProducer<byte[], byte[]> labels,
      TrainerApp trainer,
      Feed feed)
      throws InterruptedException {
    List<FreshnessReport.Times> measured = new ArrayList<>();
    int rejected = 0;
    for (int round = 0; measured.size() < rounds + 1 && round < rounds * ROUNDS_ALLOWED; round++) {
      FreshnessReport.Times times = round(scorer, examples, labels, trainer, feed);
      if (times == null) {
        rejected++;
      } else {
        measured.add(times);
        progress.accept("round %d: %,d ms".formatted(measured.size() - 1, times.all()));
      }
    }
    // The first compiles and warms up.
    List<FreshnessReport.Times> counted =
        measured.isEmpty() ? List.of() : measured.subList(1, measured.size());
    return new FreshnessReport(replayed, counted, rejected);
  }

  private FreshnessReport.@Nullable Times round(
      BenchScorer scorer,
      MadeExamples examples,
      KafkaProducer<byte[], byte[]> labels,
      TrainerApp trainer,
      Feed feed)
      throws InterruptedException {
    scorer.await("the trainer", () -> trainer.status().state() == TrainerStatus.State.COLLECTING);
    examples.turn();
    examples.write(TRIGGER - 1);
    scorer.await("the examples", () -> trainer.status().sinceTraining() == TRIGGER - 1);
    RolloutDecision before = trainer.status().lastDecision();
    int event = feed.next() - 1;
    scorer.await("a scored event", () -> scorer.arrivals().of(event).isPresent());
    long sent = System.currentTimeMillis();
    label(scorer.pipeline(), labels, event, sent);
    scorer.await("a training", () -> trainer.status().state() == TrainerStatus.State.TRAINING);
    long fired = System.currentTimeMillis();
    RolloutDecision published = null;
    RolloutDecision last = before;
    while (last == null || last.equals(before) || (last.getAction() == RolloutAction.PUBLISH)) {
      last = trainer.status().lastDecision();
      if (last != null && !last.equals(before) && last.getAction() == RolloutAction.PUBLISH) {
        published = last;
      }
      Thread.sleep(LOOK_EVERY.toMillis());
    }
    if (last.getAction() != RolloutAction.PROMOTE || published == null) {
      return null;
    }
    String version = last.getVersion();
    scorer.await("the new version's score", () -> scorer.arrivals().of(version).isPresent());
    long scored = scorer.arrivals().of(version).orElseThrow().appended();
    long decided = published.getDecidedAt().toEpochMilli();
    long promoted = last.getDecidedAt().toEpochMilli();
    return new FreshnessReport.Times(
        fired - sent, decided - fired, promoted - decided, scored - promoted, scored - sent);
  }

  private static void label(
      Pipeline pipeline, KafkaProducer<byte[], byte[]> labels, int event, long at) {
    Label label =
        Label.newBuilder()
            .setEventId("e" + event)
            .setLabel(pipeline.labels().get(event % 2))
            .setLabeledAt(Instant.ofEpochMilli(at).truncatedTo(ChronoUnit.MILLIS))
            .build();
    var unused =
        labels.send(
            new ProducerRecord<>(
                pipeline.topics().labels(),
                Integer.toString(event).getBytes(UTF_8),
                RecordSerde.json(Label.class).write(label)));
    labels.flush();
  }

  /** As if a training had been decided there, so that the history fires none. */
  private static void decidedUpTo(Pipeline pipeline, Map<String, Object> client, long offset) {
    try (Admin admin = Admin.create(new HashMap<>(client))) {
      admin
          .alterConsumerGroupOffsets(
              pipeline.topics().trainerGroup(),
              Map.of(
                  new TopicPartition(pipeline.topics().examples(), 0),
                  new OffsetAndMetadata(offset)))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker takes no offsets", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while offsets were written", e);
    }
  }

  private TrainerApp trainer(BenchScorer scorer) {
    TrainerApp trainer =
        new TrainerApp(
            scorer.pipeline(),
            scorer.client(),
            TrainerOptions.defaults(work.resolve("trainer")),
            OwnKey.ofDefault(new KeyFolder(scorer.keys())).signing(line -> {}),
            new SimpleMeterRegistry(),
            Clock.systemUTC());
    trainer.start();
    return trainer;
  }
}
