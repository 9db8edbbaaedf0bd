package io.headwater.ops.bench;

import io.headwater.ops.FiguresFile;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.broker.BrokerProcess;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how soon labels count. */
@Command(
    name = "freshness",
    header = "From the label that fires a training to the first score by the new version.",
    description = {
      "A scorer with the feedback join over all-MiniLM-L6-v2 quantized, fed at a steady rate, and a"
          + " trainer of the head that promotes on its holdout. One round more is run first, to warm"
          + " up."
    })
final class FreshnessBenchCommand implements Callable<Integer> {
  @Mixin private Lines lines = new Lines();

  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Examples that each training replays (default: ${DEFAULT-VALUE}).")
  private int examples;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "20",
      description = "Rounds (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Mixin private FiguresFile figures = new FiguresFile();

  private FreshnessBenchCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (rounds < 1 || examples < 1000) {
      throw new UserError(
          "a run needs a round and 1,000 examples", "correct --rounds or --examples");
    }
    try (Scratch scratch = Scratch.open();
        LocalRegistry registry = new LocalRegistry();
        BrokerProcess broker = scratch.broker()) {
      Workload workload =
          FreshnessBench.taught(
              BenchModel.minilm_q.workload(null, 1, registry, lines::say), examples);
      FreshnessReport report =
          new FreshnessBench(
                  workload, broker.bootstrapServers(), scratch.path(), examples, lines::say)
              .run(rounds);
      lines.say(report.text().stripTrailing());
      Path unused = figures.write(report.json());
      return report.rounds().size() == rounds ? 0 : 1;
    }
  }
}
