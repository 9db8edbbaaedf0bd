package io.headwater.ops.bench;

import io.headwater.ops.FiguresFile;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.bench.training.TrainingChild;
import io.headwater.ops.broker.BrokerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what a block that trains beside a scorer does to its latency. */
@Command(
    name = "beside",
    header = "What training a block does to the latency of a scorer beside it.",
    description = {
      "A scorer is fed at a steady rate. In each round it is left alone for a while, and has the last"
          + " layer of all-MiniLM-L6-v2 trained beside it for as long, in a JVM of its own; every"
          + " other round begins with the training."
    })
final class BesideBenchCommand implements Callable<Integer> {
  private static final int STEP = 16;
  private static final int TURNED_ON = 1000;

  @Mixin private Lines lines = new Lines();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = "minilm_q",
      description = "What is scored: of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private BenchModel model = BenchModel.minilm_q;

  @Option(
      names = "--budget",
      paramLabel = "SHARE",
      defaultValue = "0.25",
      description = "The pipeline's training.budget (default: ${DEFAULT-VALUE}).")
  private double budget;

  @Option(
      names = "--nice",
      paramLabel = "N",
      defaultValue = "10",
      description = "Niceness of the trainer's process; 0 for none (default: ${DEFAULT-VALUE}).")
  private int nice;

  @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds.")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "15",
      description = "Length of each time alone and beside (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "Events a second (default: half of what the scorer masters).")
  private double rate;

  @Mixin private FiguresFile figures = new FiguresFile();

  private BesideBenchCommand() {}

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (rounds < 1 || seconds < 2 || nice < 0 || !(budget > 0 && budget <= 1)) {
      throw new UserError(
          "a run needs a round, 2 seconds, a niceness of 0 or more and a budget in (0, 1]",
          "correct --rounds, --seconds, --nice or --budget");
    }
    try (Scratch scratch = Scratch.open();
        LocalRegistry registry = new LocalRegistry();
        BrokerProcess broker = scratch.broker()) {
      Workload workload = model.workload(null, 1, registry, lines::say);
      BesideReport report = measured(broker.bootstrapServers(), workload, scratch.path());
      lines.say(report.text().stripTrailing());
      Path unused = figures.write(report.json());
      return 0;
    }
  }

  private BesideReport measured(String bootstrapServers, Workload workload, Path work)
      throws InterruptedException, IOException {
    Path steps = work.resolve("steps.txt");
    Path log = Scratch.log("trainer");
    Process trainer =
        ChildJvm.start(
            TrainingChild.class,
            List.of("-Xmx1g", "-XX:+UseSerialGC"),
            nice == 0 ? List.of() : List.of("nice", "-n", Integer.toString(nice)),
            log,
            log,
            steps,
            budget);
    try (BenchScorer scorer =
        new BenchScorer(bootstrapServers, workload, Contender.HEADWATER, work)) {
      scorer.await("the trainer's model", () -> Files.exists(steps));
      double wanted = rate > 0 ? rate : scorer.mastered() / 2;
      List<int[]> alone = new ArrayList<>();
      List<int[]> beside = new ArrayList<>();
      try (Feed feed = scorer.feed(wanted, lines::say)) {
        // Both warm up.
        turn(trainer, true);
        Thread.sleep(seconds * 1000L);
        turn(trainer, false);
        scorer.await("the feed's pace", () -> feed.isKeptUp(scorer.arrivals().count()));
        for (int round = 0; round < rounds; round++) {
          boolean aloneFirst = round % 2 == 0;
          for (boolean trains : new boolean[] {!aloneFirst, aloneFirst}) {
            turn(trainer, trains);
            Thread.sleep(TURNED_ON);
            int from = feed.next();
            Thread.sleep(seconds * 1000L - TURNED_ON);
            (trains ? beside : alone).add(new int[] {from, feed.next()});
          }
          lines.say("round " + (round + 1) + " of " + rounds);
        }
        turn(trainer, false);
        int end = feed.next();
        scorer.await("the last score", () -> scorer.arrivals().count() >= end);
        return report(workload, feed.perSecond(), steps, alone, beside, scorer, feed);
      }
    } finally {
      Round.stop(trainer);
    }
  }

  private BesideReport report(
      Workload workload,
      double fed,
      Path steps,
      List<int[]> alone,
      List<int[]> beside,
      BenchScorer scorer,
      Feed feed)
      throws IOException, InterruptedException {
    List<BesideReport.Pair> pairs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Quantiles quiet = latency(scorer, feed, alone.get(round));
      Quantiles busy = latency(scorer, feed, beside.get(round));
      pairs.add(new BesideReport.Pair(quiet, busy, busy.p99() / Math.max(1, quiet.p99())));
    }
    scorer.await("the number of steps", () -> !text(steps).equals("0"));
    long made = Long.parseLong(text(steps));
    return new BesideReport(
        workload.name(),
        fed,
        budget,
        nice,
        made,
        (double) made * STEP / (seconds * (rounds + 1.0)),
        pairs);
  }

  private static Quantiles latency(BenchScorer scorer, Feed feed, int[] events) {
    return Quantiles.of(
        IntStream.range(events[0], events[1])
            .mapToDouble(
                event ->
                    (double) scorer.arrivals().of(event).orElseThrow().appended() - feed.due(event))
            .toArray());
  }

  private static void turn(Process trainer, boolean on) throws IOException {
    trainer.getOutputStream().write((on ? "on\n" : "off\n").getBytes(StandardCharsets.UTF_8));
    trainer.getOutputStream().flush();
  }

  private static String text(Path file) {
    try {
      String text = Files.readString(file);
      return text.isEmpty() ? "0" : text;
    } catch (IOException e) {
      return "0";
    }
  }
}
