package io.headwater.ops.bench;

import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.PackageDirectory;
import io.headwater.model.sign.KeyFolder;
import io.headwater.model.sign.Signing;
import io.headwater.ops.broker.BrokerProcess;
import io.headwater.ops.sign.OwnKey;
import io.headwater.schemas.GateOutcome;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.schemas.topics.TopicSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Runs every contender over the same events, round after round, one at a time. */
final class ScoringBench {
  private final BrokerProcess broker;
  private final Workload workload;
  private final int threads;
  private final Path work;
  private final Consumer<String> progress;

  /**
   * Prepares a bench.
   *
   * @param threads stream threads, and partitions of the topics
   * @param work an empty directory
   */
  ScoringBench(
      BrokerProcess broker, Workload workload, int threads, Path work, Consumer<String> progress) {
    this.broker = broker;
    this.workload = workload;
    this.threads = threads;
    this.work = work;
    this.progress = progress;
  }

  /** Measures, interleaved: each round goes once through all contenders. */
  List<Measured> run(List<Contender> contenders, int rounds) throws InterruptedException {
    prepare(contenders);
    List<Measured> measured = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      for (Contender contender : contenders) {
        Measured one = round(contender, round);
        measured.add(one);
        progress.accept(
            String.format(
                Locale.ROOT,
                "round %d of %d  %-11s %,9.0f events/s  %6.2f CPU-s per million",
                round,
                rounds,
                contender,
                one.eventsPerSecond(),
                one.cpuSecondsPerMillion()));
      }
    }
    return measured;
  }

  private Measured round(Contender contender, int number) throws InterruptedException {
    String name = contender.name().toLowerCase(Locale.ROOT) + "-" + number;
    Path folder = work.resolve(workload.name()).resolve(name);
    RoundPlan plan =
        new RoundPlan(
            contender,
            broker.bootstrapServers(),
            workload.pipeline().name() + "-" + name,
            workload.pipeline().topics().events(),
            output(contender),
            model().toString(),
            pipelineFile().toString(),
            folder.resolve("state").toString(),
            folder.resolve("cpu.txt").toString(),
            new String(workload.event().apply(0), StandardCharsets.UTF_8),
            keys().toString(),
            threads);
    makeFolder(folder);
    return new Round(plan, workload.events(), workload.warmUp(), folder).run(threads);
  }

  private void prepare(List<Contender> contenders) {
    makeFolder(work.resolve(workload.name()));
    PackageDirectory.write(model(), workload.version());
    try {
      Files.writeString(pipelineFile(), workload.yaml());
    } catch (IOException e) {
      throw new UncheckedIOException("the pipeline file can't be written", e);
    }
    Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (Admin admin = Admin.create(new HashMap<>(client))) {
      List<TopicSpec> specs =
          new ArrayList<>(
              TopicCatalogue.of(
                  workload.pipeline().topics(),
                  threads,
                  1,
                  workload.pipeline().event().maxBytes()));
      TopicSpec scores =
          specs.stream()
              .filter(spec -> spec.name().equals(workload.pipeline().topics().scores()))
              .findFirst()
              .orElseThrow();
      for (Contender contender : contenders) {
        if (contender != Contender.HEADWATER) {
          specs.add(
              new TopicSpec(
                  output(contender),
                  threads,
                  scores.replication(),
                  scores.config(),
                  scores.ours()));
        }
      }
      List<String> unused = new TopicAdmin(admin).create(specs);
    }
    publish(client);
    produce(client);
  }

  private void publish(Map<String, Object> client) {
    RolloutDecision decision =
        RolloutDecision.newBuilder()
            .setPipeline(workload.pipeline().name())
            .setVersion(workload.version().version())
            .setAction(RolloutAction.PUBLISH)
            .setOutcome(GateOutcome.PASS)
            .setReason("to be measured")
            .setEvidence(List.of())
            .setExamplesSeen(0)
            .setDecidedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
            .setBy("bench")
            .build();
    try (StageWriter production =
        new StageWriter(
            workload.pipeline().topics(), Stage.PRODUCTION, client, signing(), Clock.systemUTC())) {
      production.publish(workload.version(), decision, Map.of(), Instant.EPOCH);
    }
  }

  private void produce(Map<String, Object> client) {
    progress.accept(
        String.format(
            Locale.ROOT,
            "producing %,d events of about %,d bytes",
            workload.events(),
            workload.event().apply(0).length));
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("linger.ms", 20);
    settings.put("batch.size", 262_144);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < workload.events(); i++) {
        Future<RecordMetadata> unused =
            producer.send(
                new ProducerRecord<>(
                    workload.pipeline().topics().events(),
                    Integer.toString(i).getBytes(StandardCharsets.UTF_8),
                    workload.event().apply(i)));
      }
    }
  }

  private String output(Contender contender) {
    return contender == Contender.HEADWATER
        ? workload.pipeline().topics().scores()
        : workload.pipeline().name() + ".out." + contender.name().toLowerCase(Locale.ROOT);
  }

  private Path model() {
    return work.resolve(workload.name()).resolve("model");
  }

  private Path keys() {
    return work.resolve("keys");
  }

  private Signing signing() {
    return OwnKey.ofDefault(new KeyFolder(keys())).signing(line -> {});
  }

  private Path pipelineFile() {
    return work.resolve(workload.name()).resolve("pipeline.yaml");
  }

  private static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the directory " + folder + " can't be made", e);
    }
  }
}
