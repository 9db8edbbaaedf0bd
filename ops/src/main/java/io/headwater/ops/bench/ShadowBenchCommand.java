package io.headwater.ops.bench;

import io.headwater.ops.FiguresFile;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.broker.BrokerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what shadows cost. */
@Command(
    name = "shadows",
    header = "What shadows cost: heads on one backbone against full models.",
    description = {
      "A scorer scores the same events with no shadow, with some that share the champion's backbone,"
          + " and with as many that share nothing. Half of the events warm up; fails where a shadow"
          + " misses one of the others."
    })
final class ShadowBenchCommand implements Callable<Integer> {
  @Mixin private Lines lines = new Lines();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = "minilm_q",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private BenchModel model = BenchModel.minilm_q;

  @Option(
      names = "--shadows",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,2,3",
      description = "How many shadows (default: ${DEFAULT-VALUE}); none are measured besides.")
  private List<Integer> shadows = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(names = "--events", paramLabel = "N", description = "Events a round.")
  private @Nullable Integer events;

  @Option(names = "--chart", paramLabel = "FILE", description = "Draw the speeds as a PNG, too.")
  private @Nullable Path chart;

  @Mixin private FiguresFile figures = new FiguresFile();

  private ShadowBenchCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    List<Integer> counts = shadows.stream().distinct().sorted().toList();
    if (rounds < 1 || counts.isEmpty() || counts.get(0) < 1 || (events != null && events < 4)) {
      throw new UserError(
          "a run needs rounds, numbers of shadows above 0, and 4 events or more",
          "correct --rounds, --shadows or --events");
    }
    try (Scratch scratch = Scratch.open();
        LocalRegistry registry = new LocalRegistry();
        BrokerProcess broker = scratch.broker()) {
      Workload workload = model.workload(events, 1, registry, lines::say);
      ShadowReport report =
          new ShadowBench(broker.bootstrapServers(), workload, scratch.path(), lines::say)
              .run(counts, rounds);
      lines.say(report.text());
      Path unused = figures.write(report.json());
      if (chart != null) {
        report.chart().write(chart);
      }
      return 0;
    }
  }
}
