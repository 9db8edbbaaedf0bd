package io.headwater.ops.bench;

import io.headwater.model.pack.PackageDirectory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.UserError;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/** A scorer in a JVM of its own with a version in production, whose scores are watched. */
final class BenchScorer implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(2);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Workload workload;
  private final Pipeline pipeline;
  private final Map<String, Object> client;
  private final Path work;
  private final Process process;
  private final Arrivals arrivals;

  /**
   * Makes the topics, starts the scorer and waits until it has scored one event.
   *
   * @param contender the scorer with or without the feedback join
   * @param work an empty directory
   */
  BenchScorer(String bootstrapServers, Workload workload, Contender contender, Path work)
      throws InterruptedException {
    this.workload = workload;
    this.pipeline = workload.pipeline();
    this.client = Map.of("bootstrap.servers", bootstrapServers);
    this.work = work;
    Path plan = prepare(bootstrapServers, contender);
    this.process = Round.spawn(plan, Scratch.log("scorer"));
    this.arrivals =
        new Arrivals(client, pipeline.topics().scores(), new WireReader(pipeline)::scoredAt);
    try (Production production = new Production(pipeline, client, keys())) {
      production.publish(workload.version());
    }
    flood(1);
    await("the first score", () -> arrivals.count() == 1);
  }

  Pipeline pipeline() {
    return pipeline;
  }

  Map<String, Object> client() {
    return client;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  /** Folder of the key that the scorer trusts. */
  Path keys() {
    return work.resolve("keys");
  }

  /** Events a second that it scores when they wait for it. */
  double mastered() throws InterruptedException {
    int from = arrivals.count();
    int events = workload.events();
    flood(events);
    await("the flood's scores", () -> arrivals.count() == from + events);
    long begin = arrivals.of(from + workload.warmUp()).orElseThrow().appended();
    long end = arrivals.of(from + events - 1).orElseThrow().appended();
    return (events - workload.warmUp()) * 1000.0 / Math.max(1, end - begin);
  }

  /** Feeds it from now on at a steady rate that it keeps up with, the one wanted or a lower. */
  Feed feed(double perSecond, Consumer<String> progress) throws InterruptedException {
    return Feed.kept(
        perSecond,
        rate ->
            new Feed(client, pipeline.topics().events(), workload.event(), rate, arrivals.count()),
        arrivals,
        this::await,
        progress);
  }

  /**
   * Waits.
   *
   * @throws UserError where the scorer ends, or it takes longer than three minutes
   */
  void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new UserError(
            what + " does not come" + (process.isAlive() ? "" : "; the scorer ended"),
            "see " + Scratch.log("scorer"));
      }
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }

  private void flood(int count) {
    EventTopic.produce(
        client, pipeline.topics().events(), workload.event(), arrivals.count(), count);
  }

  private Path prepare(String bootstrapServers, Contender contender) {
    Path model = work.resolve("model");
    PackageDirectory.write(model, workload.version());
    Path file = work.resolve("pipeline.yaml");
    try {
      Files.writeString(file, workload.yaml(contender));
    } catch (IOException e) {
      throw new UncheckedIOException("the pipeline file can't be written", e);
    }
    try (Admin admin = Admin.create(new HashMap<>(client))) {
      List<String> unused =
          new TopicAdmin(admin)
              .create(TopicCatalogue.of(pipeline.topics(), 1, 1, pipeline.event().maxBytes()));
    }
    Path plan = work.resolve("plan.json");
    new RoundPlan(
            contender,
            bootstrapServers,
            pipeline.name() + "-measured",
            pipeline.topics().events(),
            pipeline.topics().scores(),
            model.toString(),
            file.toString(),
            work.resolve("state").toString(),
            work.resolve("cpu.txt").toString(),
            work.resolve("done.txt").toString(),
            workload.event().apply(0),
            keys().toString(),
            workload.version().version(),
            workload.events(),
            workload.batch(),
            1)
        .write(plan);
    return plan;
  }

  @Override
  public void close() {
    arrivals.close();
    try {
      Round.stop(process);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
