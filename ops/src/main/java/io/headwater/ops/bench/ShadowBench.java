package io.headwater.ops.bench;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.PackageDirectory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.UserError;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/** Runs one scorer after the other over the same events, each with other shadows. */
final class ShadowBench {
  private record Trial(boolean full, int shadows) {
    String id() {
      return (full ? "full-" : "heads-") + shadows;
    }
  }

  private final Workload workload;
  private final Pipeline pipeline;
  private final String bootstrapServers;
  private final Map<String, Object> client;
  private final Path work;
  private final Consumer<String> progress;

  /**
   * Prepares a bench.
   *
   * @param work an empty directory
   */
  ShadowBench(String bootstrapServers, Workload workload, Path work, Consumer<String> progress) {
    this.workload = workload;
    this.pipeline = workload.pipeline();
    this.bootstrapServers = bootstrapServers;
    this.client = Map.of("bootstrap.servers", bootstrapServers);
    this.work = work;
    this.progress = progress;
  }

  /**
   * Measures, interleaved: each round goes once through all numbers of shadows.
   *
   * @param counts how many shadows, ascending and above 0; none are measured besides
   */
  ShadowReport run(List<Integer> counts, int rounds) throws InterruptedException {
    List<Trial> trials = new ArrayList<>();
    trials.add(new Trial(false, 0));
    counts.forEach(count -> trials.add(new Trial(false, count)));
    counts.forEach(count -> trials.add(new Trial(true, count)));
    int most = counts.get(counts.size() - 1);
    Successors heads = new Successors(workload, new WireReader(pipeline).events(), most);
    List<ModelPackage> light = IntStream.range(0, most).mapToObj(i -> heads.next()).toList();
    List<ModelPackage> heavy =
        IntStream.rangeClosed(1, most).mapToObj(i -> FullModels.of(workload.version(), i)).toList();
    prepare(heads.first());
    Map<Trial, List<Measured>> measured = new HashMap<>();
    try (Production production = new Production(pipeline, client, keys());
        ShadowStage stage = new ShadowStage(pipeline, client, keys())) {
      production.publish(heads.first());
      for (int round = 1; round <= rounds; round++) {
        for (int i = 0; i < trials.size(); i++) {
          Trial trial = trials.get((i + round - 1) % trials.size());
          stage.put((trial.full() ? heavy : light).subList(0, trial.shadows()));
          Measured one = measure(trial, round);
          measured.computeIfAbsent(trial, absent -> new ArrayList<>()).add(one);
          progress.accept(
              String.format(
                  Locale.ROOT,
                  "round %d of %d  %-8s %,9.1f events/s  %7.2f CPU-ms an event",
                  round,
                  rounds,
                  trial.id(),
                  one.eventsPerSecond(),
                  one.cpuSecondsPerMillion() / 1000));
        }
      }
    }
    return report(measured);
  }

  private ShadowReport report(Map<Trial, List<Measured>> measured) {
    Map<Integer, ShadowReport.Cost> heads = new TreeMap<>();
    Map<Integer, ShadowReport.Cost> full = new TreeMap<>();
    measured.forEach(
        (trial, rounds) -> {
          ShadowReport.Cost cost =
              new ShadowReport.Cost(
                  trial.shadows(),
                  rounds.stream().map(Measured::eventsPerSecond).toList(),
                  rounds.stream().map(one -> one.cpuSecondsPerMillion() / 1000).toList());
          if (!trial.full()) {
            heads.put(trial.shadows(), cost);
          }
          if (trial.full() || trial.shadows() == 0) {
            full.put(trial.shadows(), cost);
          }
        });
    return new ShadowReport(
        workload.name(),
        workload.events(),
        List.copyOf(heads.values()),
        List.copyOf(full.values()));
  }

  private Measured measure(Trial trial, int number) throws InterruptedException {
    String name = trial.id() + "-" + number;
    Path folder = work.resolve(name);
    makeFolder(folder);
    RoundPlan plan =
        new RoundPlan(
            Contender.HEADWATER,
            bootstrapServers,
            pipeline.name() + "-" + name,
            pipeline.topics().events(),
            pipeline.topics().scores(),
            work.resolve("model").toString(),
            work.resolve("pipeline.yaml").toString(),
            folder.resolve("state").toString(),
            folder.resolve("cpu.txt").toString(),
            folder.resolve("done.txt").toString(),
            workload.event().apply(0),
            keys().toString(),
            workload.version().version(),
            workload.events(),
            workload.batch(),
            1);
    String topic = pipeline.topics().shadowScores();
    try (OutputLog shadows = new OutputLog(client, topic, 1)) {
      Map<TopicPartition, Long> from = shadows.ends();
      Measured one = new Round(plan, workload.warmUp(), folder, SwapScorer.class).run(1);
      int scores = shadows.since(from).at().size();
      int wanted = trial.shadows() * (workload.events() - workload.warmUp());
      if (scores < wanted) {
        throw new UserError(
            "%s gave %,d scores of shadows where %,d or more are due"
                .formatted(trial.id(), scores, wanted),
            "take more events with --events, or see " + folder);
      }
      return one;
    }
  }

  private void prepare(ModelPackage first) {
    PackageDirectory.write(work.resolve("model"), first);
    try {
      Files.writeString(work.resolve("pipeline.yaml"), workload.yaml(Contender.HEADWATER));
    } catch (IOException e) {
      throw new UncheckedIOException("the pipeline file can't be written", e);
    }
    try (Admin admin = Admin.create(new HashMap<>(client))) {
      List<String> unused =
          new TopicAdmin(admin)
              .create(TopicCatalogue.of(pipeline.topics(), 1, 1, pipeline.event().maxBytes()));
    }
    EventTopic.produce(client, pipeline.topics().events(), workload.event(), 0, workload.events());
  }

  private Path keys() {
    return work.resolve("keys");
  }

  private static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the directory " + folder + " can't be made", e);
    }
  }
}
