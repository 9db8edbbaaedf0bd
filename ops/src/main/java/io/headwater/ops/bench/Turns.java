package io.headwater.ops.bench;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Contenders that take turns of a few seconds: all are started, and each is suspended while another
 * runs, so that what slows the machine for a minute slows them alike, and what is measured was
 * compiled before.
 *
 * <p>Confined to one thread.
 */
final class Turns implements AutoCloseable {
  private final TurnPlan turns;
  private final int partitions;
  private final List<Entrant> entrants = new ArrayList<>();

  /**
   * Prepares for them.
   *
   * @param partitions of each output
   */
  Turns(TurnPlan turns, int partitions) {
    this.turns = turns;
    this.partitions = partitions;
  }

  /** When a turn was measured, in epoch milliseconds. */
  private record Window(long from, long to) {}

  private record Entrant(
      RoundPlan plan,
      Path log,
      Process child,
      OutputLog output,
      Map<TopicPartition, Long> from,
      List<Window> windows) {}

  /**
   * Starts a contender, suspended.
   *
   * @param folder for its files
   */
  void enter(RoundPlan plan, Path folder) throws InterruptedException {
    Path log = Scratch.log(plan.contender().id());
    Path file = folder.resolve("plan.json");
    plan.write(file);
    OutputLog output = new OutputLog(plan.client(), plan.output(), partitions);
    Map<TopicPartition, Long> from = output.ends();
    Process child = Round.spawn(file, log);
    entrants.add(new Entrant(plan, log, child, output, from, new ArrayList<>()));
    signal(child, "STOP");
  }

  /**
   * Takes all turns, each time with another contender first, and ends the contenders.
   *
   * @return the measured turns, one after the other for each contender
   * @throws UserError where events run out, or an answer is missing or too many
   */
  List<Measured> take() throws InterruptedException {
    for (int turn = 0; turn < turns.all(); turn++) {
      for (int i = 0; i < entrants.size(); i++) {
        take(entrants.get((i + turn) % entrants.size()));
      }
    }
    List<Measured> measured = new ArrayList<>();
    for (Entrant entrant : entrants) {
      measured.addAll(measured(entrant));
    }
    return measured;
  }

  private void take(Entrant entrant) throws InterruptedException {
    long from = System.currentTimeMillis() + TurnPlan.LEAD.toMillis();
    signal(entrant.child(), "CONT");
    Thread.sleep(turns.length().toMillis());
    long to = System.currentTimeMillis();
    signal(entrant.child(), "STOP");
    if (!entrant.child().isAlive()) {
      throw new UserError(entrant.plan().contender() + " ended by itself", "see " + entrant.log());
    }
    entrant.windows().add(new Window(from, to));
    long answered = OutputLog.between(entrant.from(), entrant.output().ends());
    int events = entrant.plan().events();
    if (answered >= events) {
      throw new UserError(
          "%s has no event left after %d of %d turns"
              .formatted(entrant.plan().contender(), entrant.windows().size(), turns.all()),
          "take more: --events " + answered / entrant.windows().size() * (turns.all() + 2));
    }
  }

  private List<Measured> measured(Entrant entrant) throws InterruptedException {
    signal(entrant.child(), "CONT");
    Round.stop(entrant.child());
    List<Long> at = entrant.output().since(entrant.from()).at();
    long read = committed(entrant.plan());
    if (at.size() != read) {
      throw new UserError(
          "%s gave %,d answers to %,d events"
              .formatted(entrant.plan().contender(), at.size(), read),
          "see " + entrant.log());
    }
    CpuSamples cpu = CpuSamples.read(Path.of(entrant.plan().samples()));
    List<Measured> measured = new ArrayList<>();
    for (Window window : entrant.windows().subList(turns.warmUp(), turns.all())) {
      long answers = at.stream().filter(t -> t >= window.from() && t < window.to()).count();
      if (answers == 0) {
        throw new UserError(
            entrant.plan().contender() + " answered nothing in a turn",
            "take fewer events, as topics that do not fit the machine's memory wait for its disk, or see "
                + entrant.log());
      }
      measured.add(
          new Measured(
              entrant.plan().contender(),
              answers * 1000.0 / (window.to() - window.from()),
              cpu.secondsBetween(window.from(), window.to()) * 1e6 / answers));
    }
    return measured;
  }

  /** How many events a contender has committed as read. */
  private static long committed(RoundPlan plan) throws InterruptedException {
    try (Admin admin = Admin.create(plan.client())) {
      return admin
          .listConsumerGroupOffsets(plan.application())
          .partitionsToOffsetAndMetadata()
          .get()
          .entrySet()
          .stream()
          .filter(entry -> entry.getKey().topic().equals(plan.input()))
          .map(Map.Entry::getValue)
          .mapToLong(OffsetAndMetadata::offset)
          .sum();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker does not tell what was read", e);
    }
  }

  private static void signal(Process child, String name) throws InterruptedException {
    try {
      int status =
          new ProcessBuilder("kill", "-" + name, Long.toString(child.pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (status != 0 && child.isAlive()) {
        throw new IllegalStateException("kill -" + name + " ended with status " + status);
      }
    } catch (IOException e) {
      throw new UserError(
          "there is no command 'kill' to suspend a contender with", "leave out --turns", e);
    }
  }

  /** Kills the contenders that are left. */
  @Override
  public void close() {
    for (Entrant entrant : entrants) {
      entrant.child().destroyForcibly();
      entrant.output().close();
    }
  }
}
