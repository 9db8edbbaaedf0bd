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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;

/**
 * One scorer under a steady stream of events, in turns left alone and given a new version each
 * second.
 */
final class SwapBench {
  private static final Duration SWAP_EVERY = Duration.ofSeconds(1);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final double KIB_PER_MIB = 1024;

  private final Workload workload;
  private final Pipeline pipeline;
  private final String bootstrapServers;
  private final Map<String, Object> client;
  private final Path work;
  private final Consumer<String> progress;
  private final List<Long> swapMillis = new ArrayList<>();
  private final List<Double> residentMiB = new ArrayList<>();
  private int neverScored;
  private long bytes;

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

  /**
   * Measures.
   *
   * @param perSecond events a second; 0 for half of what the scorer masters
   * @param length of each steady and each swapping time
   */
  SwapReport run(int rounds, Duration length, double perSecond) throws InterruptedException {
    Path plan = prepare();
    Process scorer = Round.spawn(plan, work.resolve("scorer.log"));
    try (Arrivals arrivals = new Arrivals(client, pipeline.topics().scores());
        Production production = new Production(pipeline, client, work.resolve("keys"))) {
      production.publish(workload.version());
      flood(1, 0);
      await(scorer, "the first score", () -> arrivals.count() == 1);
      double rate = perSecond > 0 ? perSecond : mastered(scorer, arrivals) / 2;
      progress.accept(String.format(Locale.ROOT, "%,.0f events/s", rate));
      return measured(scorer, arrivals, production, rounds, length, rate);
    } finally {
      Round.stop(scorer);
    }
  }

  private SwapReport measured(
      Process scorer,
      Arrivals arrivals,
      Production production,
      int rounds,
      Duration length,
      double rate)
      throws InterruptedException {
    Successors versions = new Successors(workload.version());
    List<int[]> steady = new ArrayList<>();
    List<int[]> swapping = new ArrayList<>();
    int first = arrivals.count();
    Feed feed = new Feed(client, pipeline.topics().events(), workload.event(), rate, first);
    int end;
    try {
      // A warm-up, and time for all that compiles late.
      Thread.sleep(length.toMillis());
      await(scorer, "the feed's pace", () -> arrivals.count() > feed.next() - rate);
      for (int round = 0; round < rounds; round++) {
        boolean steadyFirst = round % 2 == 0;
        for (boolean swaps : new boolean[] {!steadyFirst, steadyFirst}) {
          int from = feed.next();
          if (swaps) {
            swap(scorer, arrivals, production, versions, length);
          } else {
            Thread.sleep(length.toMillis());
          }
          (swaps ? swapping : steady).add(new int[] {from, feed.next()});
        }
        progress.accept("round " + (round + 1) + " of " + rounds);
      }
    } finally {
      feed.close();
      end = feed.next();
    }
    await(scorer, "the last score", () -> arrivals.count() >= end);
    List<SwapReport.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      long[] quiet = latencies(arrivals, feed, steady.get(i));
      long[] busy = latencies(arrivals, feed, swapping.get(i));
      long quietP99 = SwapReport.percentile(quiet, 0.99);
      long busyP99 = SwapReport.percentile(busy, 0.99);
      pairs.add(
          new SwapReport.Pair(
              SwapReport.percentile(quiet, 0.5),
              quietP99,
              SwapReport.percentile(busy, 0.5),
              busyP99,
              (double) busyP99 / Math.max(1, quietP99)));
    }
    int swaps = swapMillis.size() + neverScored;
    return new SwapReport(
        workload.name(),
        rate,
        swapMillis,
        neverScored,
        bytes / Math.max(1, swaps),
        100 * SwapReport.slope(residentMiB.subList(residentMiB.size() / 3, residentMiB.size())),
        pairs,
        (int) IntStream.range(0, end).filter(i -> arrivals.of(i).isEmpty()).count(),
        arrivals.doubled());
  }

  private void swap(
      Process scorer,
      Arrivals arrivals,
      Production production,
      Successors versions,
      Duration length)
      throws InterruptedException {
    long end = System.currentTimeMillis() + length.toMillis();
    long next = System.currentTimeMillis();
    while (next < end) {
      ModelPackage version = versions.next();
      bytes += production.publish(version).bytes();
      long committed = System.currentTimeMillis();
      next += SWAP_EVERY.toMillis();
      OptionalLong scored = arrivals.of(version.version());
      while (scored.isEmpty() && System.currentTimeMillis() < committed + LIMIT.toMillis()) {
        Thread.sleep(LOOK_EVERY.toMillis());
        scored = arrivals.of(version.version());
      }
      if (scored.isPresent()) {
        swapMillis.add(scored.getAsLong() - committed);
      } else {
        neverScored++;
      }
      resident(scorer);
      Thread.sleep(Math.max(0, next - System.currentTimeMillis()));
    }
  }

  /** From when events were due to when their scores were appended. */
  private static long[] latencies(Arrivals arrivals, Feed feed, int[] events) {
    return IntStream.range(events[0], events[1])
        .mapToLong(event -> arrivals.of(event).orElse(Long.MAX_VALUE) - feed.due(event))
        .toArray();
  }

  private double mastered(Process scorer, Arrivals arrivals) throws InterruptedException {
    int events = workload.events();
    int from = arrivals.count();
    flood(events, from);
    await(scorer, "the flood's scores", () -> arrivals.count() == from + events);
    long begin = arrivals.of(from + workload.warmUp()).orElseThrow();
    long end = arrivals.of(from + events - 1).orElseThrow();
    return (events - workload.warmUp()) * 1000.0 / Math.max(1, end - begin);
  }

  private void flood(int count, int first) {
    EventTopic.produce(client, pipeline.topics().events(), workload.event(), first, count);
  }

  private Path prepare() {
    Path model = work.resolve("model");
    PackageDirectory.write(model, workload.version());
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
    Path plan = work.resolve("plan.json");
    new RoundPlan(
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
            workload.version().version(),
            workload.events(),
            workload.batch(),
            1)
        .write(plan);
    return plan;
  }

  private void resident(Process scorer) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + scorer.pid() + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          residentMiB.add(Double.parseDouble(line.replaceAll("[^0-9]", "")) / KIB_PER_MIB);
        }
      }
    } catch (IOException e) {
      progress.accept("resident memory can't be read on this system");
    }
  }

  private void await(Process scorer, String what, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (!scorer.isAlive() || System.nanoTime() > end) {
        throw new UserError(
            what + " does not come" + (scorer.isAlive() ? "" : "; the scorer ended"),
            "see " + work.resolve("scorer.log"));
      }
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }
}
