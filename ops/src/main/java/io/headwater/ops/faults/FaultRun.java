package io.headwater.ops.faults;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.sign.KeyFolder;
import io.headwater.model.sign.Signing;
import io.headwater.ops.UserError;
import io.headwater.ops.broker.BrokerProcess;
import io.headwater.ops.sign.OwnKey;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/**
 * A pipeline with two scorers under faults: broker and scorers are JVMs of their own, events flow
 * at an even rate, and versions take turns in production all the while.
 *
 * <p>Used by one thread.
 */
final class FaultRun implements AutoCloseable {
  /** Scores that must come between two faults. */
  private static final int BETWEEN = 400;

  private static final int PARTITIONS = 4;
  private static final int SCORERS = 2;
  private static final int SWAP_WITHIN_MILLIS = 400;
  private static final Duration SWAP_EVERY = Duration.ofMillis(1500);
  private static final Duration STALLED = Duration.ofSeconds(90);
  private static final Duration STILL = Duration.ofSeconds(2);
  private static final String YAML =
      """
      pipeline: faults
      partitions: %d
      features:
        numbers: { type: numeric, fields: [x0, x1, x2, x3, x4, x5, x6, x7] }
      labels: [no, yes]
      """;

  private final Path work;
  private final Random random;
  private final Consumer<String> say;
  private final Pipeline pipeline;
  private final Path pipelineFile;
  private final Path settings;
  private final int port;
  private final Map<String, Object> client;
  private final Rivals rivals;
  private final Scores scores;
  private final Feeder feeder;
  private final List<ScorerProcess> scorers = new ArrayList<>();
  private BrokerProcess broker;
  private int started;
  private long swappedAt;

  /**
   * Starts broker, topics, versions, scorers and the stream of events.
   *
   * @param work an empty directory; logs of all processes stay there
   * @param rate events a second
   */
  FaultRun(Path work, long seed, int rate, Consumer<String> say) {
    this.work = work;
    this.random = new Random(seed);
    this.say = say;
    String yaml = YAML.formatted(PARTITIONS);
    this.pipelineFile = write("faults.yaml", yaml);
    this.pipeline = PipelineFile.parse("faults.yaml", yaml);
    this.settings =
        write(
            "client.properties",
            "consumer.session.timeout.ms=6000\nconsumer.heartbeat.interval.ms=1500\n");
    this.broker = BrokerProcess.start(work.resolve("broker"), 0, work.resolve("broker.log"));
    String address = broker.bootstrapServers();
    this.port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    this.client = Map.of("bootstrap.servers", address);
    try (Admin admin = Admin.create(client)) {
      List<String> unused =
          new TopicAdmin(admin)
              .create(
                  TopicCatalogue.of(pipeline.topics(), PARTITIONS, 1, pipeline.event().maxBytes()));
    }
    Signing signing = OwnKey.ofDefault(new KeyFolder(work.resolve("keys"))).signing(line -> {});
    this.rivals = new Rivals(pipeline, client, signing);
    rivals.swap();
    this.scores = new Scores(address, pipeline.topics().scores());
    for (int i = 0; i < SCORERS; i++) {
      scorers.add(scorer());
    }
    this.feeder = new Feeder(address, pipeline.topics().events(), rate);
  }

  /**
   * Does the faults one after the other, each while events are being scored.
   *
   * @throws UserError where a part ends by itself or scoring does not come back
   */
  Verdict run(List<Fault> faults) throws InterruptedException {
    untilScored(BETWEEN);
    for (int i = 0; i < faults.size(); i++) {
      Fault fault = faults.get(i);
      long begin = System.nanoTime();
      apply(fault);
      untilScored(scores.look() + BETWEEN);
      say.accept(
          "%d of %d: %s; scoring again after %.1f s"
              .formatted(i + 1, faults.size(), fault.deed(), (System.nanoTime() - begin) / 1e9));
    }
    int sent = feeder.finish();
    say.accept("%,d events were sent; waiting for the last scores".formatted(sent));
    untilAll(sent);
    scorers.forEach(this::untilScoring);
    for (ScorerProcess scorer : scorers) {
      scorer.terminate();
    }
    scorers.clear();
    scores.look();
    List<String> ids = new ArrayList<>(sent);
    for (int i = 0; i < sent; i++) {
      ids.add(Feeder.id(i));
    }
    return Verdict.of(ids, scores.all(), deadLetters(), rivals);
  }

  /** How often production changed. */
  int swaps() {
    return rivals.swaps();
  }

  private void apply(Fault fault) throws InterruptedException {
    switch (fault) {
      case KILL -> {
        scorers.remove(random.nextInt(scorers.size())).kill();
        scorers.add(scorer());
      }
      case TERM_IN_SWAP -> {
        ScorerProcess victim = scorers.get(random.nextInt(scorers.size()));
        untilScoring(victim);
        swap();
        Thread.sleep(random.nextInt(SWAP_WITHIN_MILLIS));
        scorers.remove(victim);
        victim.terminate();
        scorers.add(scorer());
      }
      case JOIN_AND_LEAVE -> {
        ScorerProcess guest = scorer();
        scorers.add(guest);
        untilScoring(guest);
        untilScored(scores.look() + BETWEEN);
        scorers.remove(guest);
        guest.terminate();
      }
      case KILL_BROKER -> {
        // One that only starts would end, with the message that no broker answers.
        scorers.forEach(this::untilScoring);
        broker.kill();
        broker = BrokerProcess.start(work.resolve("broker"), port, work.resolve("broker.log"));
      }
    }
  }

  private ScorerProcess scorer() {
    // Each has a state directory of its own, as on machines of their own.
    Path folder = work.resolve("scorer-" + ++started);
    return ScorerProcess.start(
        folder, pipelineFile, work.resolve("keys"), settings, broker.bootstrapServers());
  }

  private void swap() {
    rivals.swap();
    swappedAt = System.nanoTime();
  }

  private void untilScoring(ScorerProcess scorer) {
    long begin = System.nanoTime();
    while (!scorer.isScoring()) {
      requireAlive();
      if (System.nanoTime() - begin > STALLED.toNanos()) {
        throw new UserError(
            "a scorer does not begin to score within %d s".formatted(STALLED.toSeconds()),
            "see the logs in " + work);
      }
      int unused = scores.look();
    }
  }

  /** Goes on swapping until so many scores are committed. */
  private void untilScored(int wanted) {
    int before = scores.look();
    long movedAt = System.nanoTime();
    for (int now = before; now < wanted; now = scores.look()) {
      requireAlive();
      if (now > before) {
        before = now;
        movedAt = System.nanoTime();
      }
      if (System.nanoTime() - movedAt > STALLED.toNanos()) {
        throw new UserError(
            "nothing has been scored for %d s, at %,d scores of %,d events"
                .formatted(STALLED.toSeconds(), now, feeder.sent()),
            "see the logs in " + work);
      }
      if (System.nanoTime() - swappedAt > SWAP_EVERY.toNanos()) {
        swap();
      }
    }
  }

  /** Until every event has a score and no more come, or none comes any more. */
  private void untilAll(int sent) {
    int before = -1;
    long movedAt = System.nanoTime();
    while (true) {
      int now = scores.look();
      if (now != before) {
        before = now;
        movedAt = System.nanoTime();
      }
      long still = System.nanoTime() - movedAt;
      if (still > (now >= sent ? STILL : STALLED).toNanos()) {
        return;
      }
      requireAlive();
    }
  }

  private void requireAlive() {
    scorers.forEach(ScorerProcess::requireAlive);
    int unused = feeder.sent();
  }

  private long deadLetters() {
    try (Scores letters = new Scores(broker.bootstrapServers(), pipeline.topics().deadLetters())) {
      return letters.end();
    }
  }

  private Path write(String name, String text) {
    try {
      Files.createDirectories(work);
      return Files.writeString(work.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException("the directory " + work + " can't be written", e);
    }
  }

  @Override
  public void close() {
    feeder.close();
    scores.close();
    scorers.forEach(ScorerProcess::close);
    rivals.close();
    broker.close();
  }
}
