package io.headwater.ops.bench;

import io.headwater.model.pack.PackageDirectory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/**
 * One scorer under a steady stream of events, in turns left alone and given a new version each
 * second; or given one version after the other, as fast as it takes them.
 */
final class SwapBench {
  /**
   * What is measured.
   *
   * @param trainable how many trailing segments each version replaces
   * @param warmUp how many versions follow on one another before the rounds: what takes a version
   *     up, and what publishes it, is compiled only after some hundred of them
   * @param rounds a steady time and one of swaps each
   * @param length of each such time
   * @param chase how many versions follow on one another after the rounds, as fast as they're taken
   * @param perSecond events a second; 0 for half of what the scorer masters
   */
  record Plan(int trainable, int warmUp, int rounds, Duration length, int chase, double perSecond) {
    /** Swaps of the warm-up, of the rounds, one a second, and of the chase. */
    int versions() {
      return Math.toIntExact(warmUp + rounds * (length.toSeconds() + 1) + chase);
    }
  }

  private record Span(int from, int to, long begin, long end) {}

  /** A heap that neither grows nor is touched late, so that resident memory tells of the rest. */
  private static final List<String> SCORER =
      List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC");

  /**
   * What a JVM itself takes would hide what versions leave: the second compiler's memory comes and
   * goes in megabytes, and code that runs once a swap would be compiled only after hundreds of
   * them. So the first compiler alone works, and does so before the slope's first swap.
   */
  private static final List<String> COMPILED_SOON =
      List.of("-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=0.03");

  private static final Arrivals.Times LOST =
      new Arrivals.Times(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

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
  SwapBench(String bootstrapServers, Workload workload, Path work, Consumer<String> progress) {
    this.workload = workload;
    this.pipeline = workload.pipeline();
    this.bootstrapServers = bootstrapServers;
    this.client = Map.of("bootstrap.servers", bootstrapServers);
    this.work = work;
    this.progress = progress;
  }

  SwapReport run(Plan plan) throws InterruptedException {
    WireReader wire = new WireReader(pipeline);
    progress.accept(String.format(Locale.ROOT, "making %,d versions", plan.versions()));
    Successors versions = new Successors(workload, wire.events(), plan.versions());
    RoundPlan round = prepare(versions);
    Path file = work.resolve("plan.json");
    round.write(file);
    Path log = Scratch.log("scorer");
    Path steps = work.resolve("steps.txt");
    List<String> options = new ArrayList<>(SCORER);
    if (plan.rounds() == 0) {
      options.addAll(COMPILED_SOON);
    }
    Process scorer = ChildJvm.start(SwapScorer.class, options, log, file, log, steps);
    Measurement measured;
    try (Arrivals arrivals = new Arrivals(client, pipeline.topics().scores(), wire::scoredAt);
        Production production = new Production(pipeline, client, work.resolve("keys"))) {
      SwapRun run = new SwapRun(scorer, log, arrivals, production, versions);
      flood(1, 0);
      run.await("the first score", () -> arrivals.count() == 1);
      double rate = plan.perSecond() > 0 ? plan.perSecond() : mastered(run, arrivals) / 2;
      progress.accept(String.format(Locale.ROOT, "%,.0f events/s", rate));
      Feed feed = Feed.kept(rate, each -> feed(each, arrivals), arrivals, run::await, progress);
      measured = new Measurement(run, arrivals, feed);
      measured.run(plan);
    } finally {
      Round.stop(scorer);
    }
    return measured.report(plan, round, StepLog.read(steps));
  }

  /** The feed, the times of it, and what they come to. */
  private final class Measurement {
    private final SwapRun run;
    private final Arrivals arrivals;
    private final Feed feed;
    private final List<Span> steady = new ArrayList<>();
    private final List<Span> swapping = new ArrayList<>();

    private Measurement(SwapRun run, Arrivals arrivals, Feed feed) {
      this.run = run;
      this.arrivals = arrivals;
      this.feed = feed;
    }

    private void run(Plan plan) throws InterruptedException {
      try {
        swaps("the warm-up's", plan.warmUp());
        for (int round = 0; round < plan.rounds(); round++) {
          boolean steadyFirst = round % 2 == 0;
          for (boolean swaps : new boolean[] {!steadyFirst, steadyFirst}) {
            (swaps ? swapping : steady).add(span(swaps, plan.length()));
          }
          progress.accept("round " + (round + 1) + " of " + plan.rounds());
        }
        swaps("the", plan.chase());
      } finally {
        feed.close();
      }
      run.await("the last score", () -> arrivals.count() >= feed.next());
    }

    private void swaps(String whose, int count) throws InterruptedException {
      for (int i = 1; i <= count; i++) {
        run.swap();
        if (i % 100 == 0) {
          progress.accept(String.format(Locale.ROOT, "%,d of %s %,d swaps", i, whose, count));
        }
      }
    }

    private Span span(boolean swaps, Duration length) throws InterruptedException {
      run.await("the feed's pace", () -> feed.isKeptUp(arrivals.count()));
      int from = feed.next();
      long begin = System.currentTimeMillis();
      if (swaps) {
        run.swapFor(length);
      } else {
        Thread.sleep(length.toMillis());
      }
      return new Span(from, feed.next(), begin, System.currentTimeMillis());
    }

    private SwapReport report(Plan plan, RoundPlan round, Map<String, List<Long>> steps) {
      CpuSamples cpu = CpuSamples.read(Path.of(round.samples()));
      List<SwapReport.Pair> pairs = new ArrayList<>();
      for (int i = 0; i < plan.rounds(); i++) {
        Span quiet = steady.get(i);
        Span busy = swapping.get(i);
        double more =
            cpu.secondsBetween(busy.begin(), busy.end())
                - cpu.secondsBetween(quiet.begin(), quiet.end());
        pairs.add(
            new SwapReport.Pair(
                latency(quiet), latency(busy), 1000 * more / plan.length().toSeconds()));
      }
      int lost = 0;
      for (int event = 0; event < feed.next(); event++) {
        lost += arrivals.of(event).isEmpty() ? 1 : 0;
      }
      SwapTimes times = SwapTimes.of(run.published(), stageAppended(), arrivals, steps);
      return new SwapReport(
          workload.name(),
          plan.trainable(),
          feed.perSecond(),
          new SwapReport.Swaps(
              run.published().size() - 1,
              run.neverScored(),
              run.bytesPerSwap(),
              times.toAppended(),
              times.toRead()),
          times.steps(),
          pairs,
          SwapReport.Memory.of(run.residentKiB(), steps.getOrDefault(StepLog.HEAP, List.of())),
          lost,
          arrivals.doubled(),
          StepLog.errors(steps));
    }

    private SwapReport.Latency latency(Span span) {
      double[] scored = new double[span.to() - span.from()];
      double[] read = new double[scored.length];
      for (int i = 0; i < scored.length; i++) {
        Arrivals.Times times = arrivals.of(span.from() + i).orElse(LOST);
        long due = feed.due(span.from() + i);
        scored[i] = times.scored() - due;
        read[i] = times.read() - due;
      }
      return new SwapReport.Latency(Quantiles.of(scored), Quantiles.of(read));
    }
  }

  private List<Long> stageAppended() {
    String topic = pipeline.topics().stage(Stage.PRODUCTION);
    try (OutputLog stage = new OutputLog(client, topic, 1)) {
      return stage.since(Map.of(new TopicPartition(topic, 0), 0L)).at();
    }
  }

  private double mastered(SwapRun run, Arrivals arrivals) throws InterruptedException {
    int events = workload.events();
    int from = arrivals.count();
    flood(events, from);
    run.await("the flood's scores", () -> arrivals.count() == from + events);
    long begin = arrivals.of(from + workload.warmUp()).orElseThrow().appended();
    long end = arrivals.of(from + events - 1).orElseThrow().appended();
    return (events - workload.warmUp()) * 1000.0 / Math.max(1, end - begin);
  }

  private Feed feed(double perSecond, Arrivals arrivals) {
    return new Feed(
        client, pipeline.topics().events(), workload.event(), perSecond, arrivals.count());
  }

  private void flood(int count, int first) {
    EventTopic.produce(client, pipeline.topics().events(), workload.event(), first, count);
  }

  private RoundPlan prepare(Successors versions) {
    Path model = work.resolve("model");
    PackageDirectory.write(model, versions.first());
    Path file = work.resolve("pipeline.yaml");
    try {
      Files.writeString(file, workload.yaml(Contender.HEADWATER));
    } catch (IOException e) {
      throw new UncheckedIOException("the pipeline file can't be written", e);
    }
    try (Admin admin = Admin.create(new HashMap<>(client))) {
      List<String> unused =
          new TopicAdmin(admin)
              .create(TopicCatalogue.of(pipeline.topics(), 1, 1, pipeline.event().maxBytes()));
    }
    return new RoundPlan(
        Contender.HEADWATER,
        bootstrapServers,
        pipeline.name() + "-swaps",
        pipeline.topics().events(),
        pipeline.topics().scores(),
        model.toString(),
        file.toString(),
        work.resolve("state").toString(),
        work.resolve("cpu.txt").toString(),
        work.resolve("done.txt").toString(),
        workload.event().apply(0),
        work.resolve("keys").toString(),
        versions.first().version(),
        workload.events(),
        workload.batch(),
        1);
  }
}
