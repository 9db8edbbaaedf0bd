package io.headwater.ops.bench;

import io.headwater.ops.FiguresFile;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.broker.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures scoring throughput. */
@Command(
    name = "scoring",
    header = "Events a second and processor time, against plain Kafka and plain Kafka Streams.",
    description = {
      "All contenders read the same events and write the same bytes, exactly once, with commits every"
          + " 100 ms. Half of the events warm up."
    })
final class ScoringBenchCommand implements Callable<Integer> {
  private static final List<Contender> ON_KAFKA =
      List.of(
          Contender.COPY,
          Contender.PLAIN,
          Contender.PASSTHROUGH,
          Contender.PER_RECORD,
          Contender.HEADWATER,
          Contender.JOINING);

  private static final List<Contender> OF_TEXTS = List.of(Contender.RAW, Contender.HEADWATER);

  @Mixin private Lines lines = new Lines();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = "mlp",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private BenchModel model = BenchModel.mlp;

  @Option(names = "--events", paramLabel = "N", description = "Events a round.")
  private @Nullable Integer events;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--turns",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "In each round, start all contenders at once and let each run for N turns that are measured,"
            + " while the others are suspended: for machines whose speed changes by the minute.",
        "0 lets one run after the other (default: ${DEFAULT-VALUE})."
      })
  private int turns;

  @Option(
      names = "--warm-up-turns",
      paramLabel = "N",
      defaultValue = "10",
      description = "Turns before those (default: ${DEFAULT-VALUE}).")
  private int warmUpTurns;

  @Option(
      names = "--turn-length",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description = "Of a turn (default: ${DEFAULT-VALUE}).")
  private int turnLength;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Stream threads and partitions (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "CONTENDER",
      description = "Measure these alone, out of ${COMPLETION-CANDIDATES}.")
  private List<Contender> only = List.of();

  @Mixin private FiguresFile figures = new FiguresFile();

  private ScoringBenchCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    List<Contender> contenders = only;
    if (only.isEmpty()) {
      contenders = model.isText() ? OF_TEXTS : ON_KAFKA;
    }
    TurnPlan byTurns =
        turns == 0 ? null : new TurnPlan(Duration.ofSeconds(turnLength), warmUpTurns, turns);
    if (byTurns != null) {
      requireTurns(contenders);
    }
    try (Scratch scratch = Scratch.open();
        LocalRegistry registry = new LocalRegistry();
        BrokerProcess broker = scratch.broker(BrokerProcess.Tuning.THROUGHPUT)) {
      Workload workload = model.workload(events, 1, registry, lines::say);
      ScoringBench bench = new ScoringBench(broker, workload, threads, scratch.path(), lines::say);
      List<Measured> measured =
          byTurns == null ? bench.run(contenders, rounds) : bench.run(contenders, rounds, byTurns);
      ScoringReport report = ScoringReport.of(workload, threads, measured);
      lines.say("");
      lines.say(report.text());
      Path unused = figures.write(report.json());
    }
    return 0;
  }

  /** Those that take turns share a broker, and nothing else. */
  private static void requireTurns(List<Contender> contenders) {
    if (contenders.contains(Contender.RAW)) {
      throw new UserError(
          "raw takes no turns: it reads no topic", "leave out --turns, or raw by --only");
    }
    if (contenders.stream().filter(Contender::isScorer).count() > 1) {
      throw new UserError(
          "headwater and joining take no turns with each other: they write to the same topic",
          "name one of them alone by --only");
    }
  }
}
