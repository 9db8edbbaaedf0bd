package io.headwater.ops.bench;

import io.headwater.ops.FiguresFile;
import io.headwater.ops.UserError;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the feedback join, and checks that the order of arrival does not show. */
@Command(
    name = "join",
    header = "Measure the feedback join in several orders of arrival.",
    description = {
      "Runs scores and labels through the join's rules in seeded random orders. Fails where an"
          + " order ends with other examples than the times and revisions alone say."
    })
final class JoinBenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--events", description = "Events (default ${DEFAULT-VALUE}).")
  private int events = 1_000_000;

  @Option(names = "--labels", description = "Labels (default ${DEFAULT-VALUE}).")
  private int labels = 100_000;

  @Option(names = "--orders", description = "Orders of arrival (default ${DEFAULT-VALUE}).")
  private int orders = 10;

  @Option(names = "--seed", description = "Seed of stream and orders (default ${DEFAULT-VALUE}).")
  private long seed = 42;

  @Option(
      names = "--width",
      description = "Floats that the join holds of each event (default ${DEFAULT-VALUE}).")
  private int width = 384;

  @Mixin private FiguresFile figures = new FiguresFile();

  @Override
  public Integer call() {
    if (events < 1 || labels < 0 || orders < 1 || width < 1) {
      throw new UserError(
          "a run needs events, orders and width above 0, and no negative number of labels",
          "correct --events, --labels, --orders or --width");
    }
    JoinReport report = new JoinBench(events, labels, orders, seed, width).run();
    PrintWriter out = spec.commandLine().getOut();
    out.print(report.text());
    out.flush();
    @Nullable Path unused = figures.write(report.json());
    return report.differing() == 0 ? 0 : 1;
  }
}
