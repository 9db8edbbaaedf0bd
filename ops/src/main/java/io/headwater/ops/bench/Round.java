package io.headwater.ops.bench;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/** One contender in a JVM of its own, from its start until every event's output is committed. */
final class Round {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final Duration STILL_FOR = Duration.ofSeconds(1);
  private static final Duration STALLED_AFTER = Duration.ofMinutes(2);
  private static final Duration RAW_LIMIT = Duration.ofMinutes(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final List<String> OPTIONS = List.of("-Xmx1g", "-XX:+UseSerialGC");

  private final RoundPlan plan;
  private final int warmUp;
  private final Path folder;
  private final Class<?> main;

  /**
   * Prepares a round.
   *
   * @param warmUp how many of the first events are not measured
   * @param folder for its files
   */
  Round(RoundPlan plan, int warmUp, Path folder) {
    this(plan, warmUp, folder, RoundChild.class);
  }

  /**
   * The same in another main class.
   *
   * @param main takes the plan's file, a log file and a file for what else it notes
   */
  Round(RoundPlan plan, int warmUp, Path folder, Class<?> main) {
    this.main = main;
    this.plan = plan;
    this.warmUp = warmUp;
    this.folder = folder;
  }

  /**
   * Runs it.
   *
   * @throws UserError where outputs are missing, too many, or do not come
   */
  Measured run(int partitions) throws InterruptedException {
    Path log = Scratch.log(plan.contender().id());
    Path file = folder.resolve("plan.json");
    plan.write(file);
    List<Long> at =
        plan.contender() == Contender.RAW ? raw(file, log) : appended(file, log, partitions);
    if (at.size() != plan.events()) {
      throw new UserError(
          "%s gave %,d answers to %,d events".formatted(plan.contender(), at.size(), plan.events()),
          "see " + log);
    }
    long begin = at.get(warmUp - 1);
    long end = at.get(at.size() - 1);
    if (begin == end) {
      throw new UserError(
          plan.contender() + " gave all its answers at once, too few to measure",
          "take more: --events");
    }
    CpuSamples cpu = CpuSamples.read(Path.of(plan.samples()));
    // What came together with the last of the warm-up took its time before.
    int measured = (int) at.stream().filter(moment -> moment > begin).count();
    return new Measured(
        plan.contender(),
        measured * 1000.0 / Math.max(1, end - begin),
        cpu.secondsBetween(begin, end) * 1e6 / measured);
  }

  /** When each event's output was appended. */
  private List<Long> appended(Path file, Path log, int partitions) throws InterruptedException {
    try (OutputLog output = new OutputLog(plan.client(), plan.output(), partitions)) {
      Map<TopicPartition, Long> from = output.ends();
      Process child = start(file, log);
      try {
        awaitAll(child, output, from, log);
      } finally {
        stop(child);
      }
      return output.since(from).at();
    }
  }

  /** When each event was answered by one that writes to no topic. */
  private List<Long> raw(Path file, Path log) throws InterruptedException {
    Process child = start(file, log);
    try {
      long began = System.nanoTime();
      while (!Files.exists(Path.of(plan.done()))) {
        if (child.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new UserError(plan.contender() + " ended by itself", "see " + log);
        }
        if (System.nanoTime() - began > RAW_LIMIT.toNanos()) {
          throw new UserError(plan.contender() + " comes to no end", "see " + log);
        }
      }
    } finally {
      stop(child);
    }
    return RawLoop.read(Path.of(plan.done()));
  }

  private void awaitAll(Process child, OutputLog output, Map<TopicPartition, Long> from, Path log)
      throws InterruptedException {
    long seen = 0;
    long lastChange = System.nanoTime();
    while (true) {
      if (child.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new UserError(plan.contender() + " ended by itself", "see " + log);
      }
      long now = OutputLog.between(from, output.ends());
      if (now != seen) {
        seen = now;
        lastChange = System.nanoTime();
      }
      long still = System.nanoTime() - lastChange;
      if (seen >= plan.events() && still > STILL_FOR.toNanos()) {
        return;
      }
      if (still > STALLED_AFTER.toNanos()) {
        throw new UserError(
            "%s stands still at %,d of %,d events".formatted(plan.contender(), seen, plan.events()),
            "see " + log);
      }
    }
  }

  /** Ends a contender as {@link RoundChild} expects it. */
  static void stop(Process child) throws InterruptedException {
    try {
      child.getOutputStream().close();
    } catch (IOException e) {
      child.destroyForcibly();
    }
    if (!child.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      child.destroyForcibly().waitFor();
    }
  }

  /** Starts a contender in a JVM of its own. */
  static Process spawn(Path plan, Path log) {
    return ChildJvm.start(RoundChild.class, OPTIONS, log, plan, log);
  }

  private Process start(Path plan, Path log) {
    return ChildJvm.start(main, OPTIONS, log, plan, log, folder.resolve("notes.txt"));
  }
}
