package io.headwater.ops.bench;

import io.headwater.model.pack.PackageDirectory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.broker.BrokerProcess;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.schemas.topics.TopicSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/** Runs every contender over the same events, round after round, one at a time. */
final class ScoringBench {
  private final BrokerProcess broker;
  private final Workload workload;
  private final Pipeline pipeline;
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
    this.pipeline = workload.pipeline();
    this.threads = threads;
    this.work = work;
    this.progress = progress;
  }

  /**
   * Measures, interleaved: each round goes once through all contenders, from another one on.
   *
   * @return round by round
   */
  List<Measured> run(List<Contender> contenders, int rounds) throws InterruptedException {
    prepare(contenders);
    List<Measured> measured = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        Contender contender = contenders.get((i + round - 1) % contenders.size());
        Measured one = round(contender, round);
        measured.add(one);
        report(round, rounds, one);
      }
    }
    return measured;
  }

  /**
   * The same, but in each round all contenders are there at once and take turns.
   *
   * @return turn by turn
   */
  List<Measured> run(List<Contender> contenders, int rounds, TurnPlan turns)
      throws InterruptedException {
    prepare(contenders);
    List<Measured> measured = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      List<Measured> own = new ArrayList<>();
      try (Turns taken = new Turns(turns, threads)) {
        for (Contender contender : contenders) {
          String name = contender.id() + "-" + round;
          taken.enter(plan(contender, name), folder(name));
        }
        own.addAll(taken.take());
      }
      for (Contender contender : contenders) {
        List<Measured> its = own.stream().filter(one -> one.contender() == contender).toList();
        report(
            round,
            rounds,
            new Measured(
                contender,
                Measured.median(its, Measured::eventsPerSecond),
                Measured.median(its, Measured::cpuSecondsPerMillion)));
      }
      measured.addAll(own);
    }
    return measured;
  }

  private void report(int round, int rounds, Measured one) {
    progress.accept(
        String.format(
            Locale.ROOT,
            "round %d of %d  %-11s %,9.0f events/s  %6.2f CPU-s per million",
            round,
            rounds,
            one.contender(),
            one.eventsPerSecond(),
            one.cpuSecondsPerMillion()));
  }

  private Measured round(Contender contender, int number) throws InterruptedException {
    String name = contender.id() + "-" + number;
    return new Round(plan(contender, name), workload.warmUp(), folder(name)).run(threads);
  }

  private Path folder(String name) {
    return work.resolve(workload.name()).resolve(name);
  }

  private RoundPlan plan(Contender contender, String name) {
    Path folder = folder(name);
    makeFolder(folder);
    return new RoundPlan(
        contender,
        broker.bootstrapServers(),
        pipeline.name() + "-" + name,
        pipeline.topics().events(),
        output(contender),
        model().toString(),
        pipelineFile(contender).toString(),
        folder.resolve("state").toString(),
        folder.resolve("cpu.txt").toString(),
        folder.resolve("done.txt").toString(),
        workload.event().apply(0),
        keys().toString(),
        workload.version().version(),
        workload.events(),
        workload.batch(),
        threads);
  }

  private void prepare(List<Contender> contenders) {
    makeFolder(work.resolve(workload.name()));
    PackageDirectory.write(model(), workload.version());
    for (Contender contender : contenders) {
      try {
        Files.writeString(pipelineFile(contender), workload.yaml(contender));
      } catch (IOException e) {
        throw new UncheckedIOException("the pipeline file can't be written", e);
      }
    }
    Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (Admin admin = Admin.create(new HashMap<>(client))) {
      List<TopicSpec> specs =
          new ArrayList<>(
              TopicCatalogue.of(pipeline.topics(), threads, 1, pipeline.event().maxBytes()));
      TopicSpec scores =
          specs.stream()
              .filter(spec -> spec.name().equals(pipeline.topics().scores()))
              .findFirst()
              .orElseThrow();
      for (Contender contender : contenders) {
        if (!contender.isScorer()) {
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
    try (Production production = new Production(pipeline, client, keys())) {
      production.publish(workload.version());
    }
    produce(client);
  }

  private void produce(Map<String, Object> client) {
    progress.accept(
        String.format(
            Locale.ROOT,
            "producing %,d events of about %,d bytes",
            workload.events(),
            workload.event().apply(0).length));
    EventTopic.produce(client, pipeline.topics().events(), workload.event(), 0, workload.events());
  }

  private String output(Contender contender) {
    return contender.isScorer()
        ? pipeline.topics().scores()
        : pipeline.name() + ".out." + contender.id();
  }

  private Path model() {
    return work.resolve(workload.name()).resolve("model");
  }

  private Path keys() {
    return work.resolve("keys");
  }

  private Path pipelineFile(Contender contender) {
    return work.resolve(workload.name()).resolve(contender.id() + ".yaml");
  }

  private static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the directory " + folder + " can't be made", e);
    }
  }
}
