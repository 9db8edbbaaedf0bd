package io.headwater.ops.demo;

import io.headwater.model.pack.Digest;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.Head;
import io.headwater.model.sign.Signing;
import io.headwater.ops.UserError;
import io.headwater.ops.broker.BrokerProcess;
import io.headwater.ops.data.PretrainedModels.Pretrained;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/**
 * One run of a demo, from the broker's start to the report; everything that it started ends with
 * it.
 *
 * <p>Runs on the calling thread; interrupting that ends the run.
 */
final class DemoRun {
  private static final Duration STALLED_AFTER = Duration.ofSeconds(60);
  private static final int MAX_IN_FLIGHT = 128;

  /**
   * How a run is done.
   *
   * @param port of the broker; 0 finds a free one
   * @param rate events a second; empty holds back for the trainer
   * @param signing the key that the run's versions are signed with, and whom its parts believe
   * @param log the file that this process logs to
   * @param brokerLog the file that the broker logs to
   */
  record Settings(int port, OptionalDouble rate, Signing signing, Path log, Path brokerLog) {}

  /** What is done with a finished run before it is taken down. */
  interface Finished {
    void with(Report report, Standing standing) throws InterruptedException;
  }

  /** Where a run's parts can be reached while it stands. */
  record Standing(Pipeline pipeline, String bootstrapServers, Parts parts) {}

  private final DemoPlan plan;
  private final Settings settings;
  private final Screen screen;
  private final Pipeline pipeline;
  private final RecordSerdes serdes = RecordSerdes.json();

  DemoRun(DemoPlan plan, Settings settings, Screen screen) {
    this.plan = plan;
    this.settings = settings;
    this.screen = screen;
    this.pipeline = plan.pipeline();
  }

  /**
   * Runs the demo.
   *
   * @param work directory for the run's data
   * @throws InterruptedException where the thread was interrupted; everything is closed by then
   * @throws UserError where a part fails or nothing moves any more
   */
  void run(Path work, Pretrained pretrained, Finished finished) throws InterruptedException {
    screen.say("Starting a Kafka broker in a JVM of its own");
    try (BrokerProcess broker =
        BrokerProcess.start(work.resolve("broker"), settings.port(), settings.brokerLog())) {
      Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
      createTopics(client);
      screen.say(
          String.format(
              Locale.ROOT,
              "Training the first version of %s on %,d labelled events",
              pretrained.name(),
              plan.source().size()));
      FirstModel first = FirstModel.train(plan, pretrained, screen::say);
      first.publish(pipeline, client, settings.signing());
      stream(broker, client, first, work, finished);
    } finally {
      screen.clear();
    }
  }

  private void createTopics(Map<String, Object> client) {
    try (Admin admin = Admin.create(new HashMap<>(client))) {
      List<String> unused =
          new TopicAdmin(admin)
              .create(
                  TopicCatalogue.of(
                      pipeline.topics(),
                      pipeline.wire().partitions(),
                      pipeline.wire().replication(),
                      pipeline.event().maxBytes()));
    }
  }

  private void stream(
      BrokerProcess broker,
      Map<String, Object> client,
      FirstModel first,
      Path work,
      Finished finished)
      throws InterruptedException {
    Ledger ledger = new Ledger(plan.stream(), pipeline.labels());
    try (Parts parts =
            Parts.start(broker, pipeline, client, settings.signing(), work, settings.log());
        Head head = Head.load(first.version());
        Watcher watcher = watcher(client, ledger, head)) {
      watcher.start();
      Patience patience = new Patience(ledger, parts, STALLED_AFTER);
      patience.untilReady();
      announce(broker, parts);
      feed(client, ledger, patience);
      screen.say("Fitting the references");
      Report report =
          new Reckoning(
                  plan,
                  first.source(),
                  TunedHeads.linear(
                      first.version(), first.source().activations(), pipeline.training()),
                  TunedHeads.like(first.version(), pipeline.training()))
              .of(ledger.totals());
      finished.with(report, new Standing(pipeline, broker.bootstrapServers(), parts));
    }
  }

  private void feed(Map<String, Object> client, Ledger ledger, Patience patience)
      throws InterruptedException {
    ShownProgress shown = ShownProgress.start(ledger, screen);
    try (Feeder feeder = new Feeder(plan, serdes, client, ledger, pace(patience))) {
      feeder.run();
      patience.until(
          progress ->
              progress.answered() >= plan.events()
                  && progress.joined() + progress.deadLettered() >= plan.events(),
          "every event is scored and every label joined");
    } finally {
      shown.close();
    }
  }

  private Feeder.Pace pace(Patience patience) {
    return settings.rate().isPresent()
        ? new FixedRate(settings.rate().getAsDouble())
        : new HoldBack(patience, pipeline.training().trigger(), MAX_IN_FLIGHT);
  }

  private Watcher watcher(Map<String, Object> client, Ledger ledger, Head head) {
    Ledger.FrozenAnswers frozen =
        activations -> {
          float[][] probabilities = head.probabilities(activations);
          int[] classes = new int[probabilities.length];
          for (int i = 0; i < classes.length; i++) {
            classes[i] = pipeline.labels().indexOf(head.decide(probabilities[i]));
          }
          return classes;
        };
    Consumer<String> onFirstScore = version -> screen.say(swapped(ledger, version));
    return new Watcher(pipeline.topics(), serdes, client, ledger, frozen, onFirstScore);
  }

  private static String swapped(Ledger ledger, String version) {
    Progress progress = ledger.progress();
    Double holdout = ledger.holdout(version);
    return String.format(
        Locale.ROOT,
        "Version %d (%s) scores from event %,d on%s",
        progress.ordinal(),
        Digest.brief(version),
        progress.answered(),
        holdout == null ? "" : String.format(Locale.ROOT, "; %.3f on its holdout", holdout));
  }

  private void announce(BrokerProcess broker, Parts parts) {
    screen.say(
        String.format(
            Locale.ROOT,
            "Kafka %s, scorer %s, trainer %s (/metrics, /health/ready)",
            broker.bootstrapServers(),
            parts.scorerAddress(),
            parts.trainerAddress()));
    screen.say(
        String.format(
            Locale.ROOT,
            "Streaming %,d events; labels come %,d events late",
            plan.events(),
            plan.labelDelay()));
  }
}
