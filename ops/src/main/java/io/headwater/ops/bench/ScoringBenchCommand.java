package io.headwater.ops.bench;

import io.headwater.ops.FiguresFile;
import io.headwater.ops.Lines;
import io.headwater.ops.broker.BrokerProcess;
import java.nio.file.Path;
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
    try (Scratch scratch = Scratch.open();
        LocalRegistry registry = new LocalRegistry();
        BrokerProcess broker = scratch.broker()) {
      Workload workload = model.workload(events, 1, registry, lines::say);
      List<Measured> measured =
          new ScoringBench(broker, workload, threads, scratch.path(), lines::say)
              .run(contenders, rounds);
      ScoringReport report = ScoringReport.of(workload, threads, measured);
      lines.say("");
      lines.say(report.text());
      Path unused = figures.write(report.json());
    }
    return 0;
  }
}
