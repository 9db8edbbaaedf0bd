package io.headwater.ops.bench.training;

import io.headwater.ops.FiguresFile;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.data.PackageClients;
import io.headwater.ops.data.Packages;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.process.Folders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures training steps against forward passes on the same batches. */
@Command(
    name = "training",
    header = "Training steps against forward passes on the same batches.",
    description = {
      "The trainer's own steps (forward, loss, backward, clipping, AdamW) and ONNX Runtime's forward"
          + " pass of the same graph, in turns, on one thread, on activations drawn at random. Ratios"
          + " are by processor time. The Maven profile 'peer' holds PyTorch beside it: see"
          + " docs/benchmarks.md."
    })
public final class TrainingBenchCommand implements Callable<Integer> {
  @Mixin private Lines lines = new Lines();

  @Option(
      names = "--only",
      paramLabel = "KIND",
      split = ",",
      description = "Of ${COMPLETION-CANDIDATES} (default: all).")
  private List<TrainingWorkload.Kind> kinds = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Rounds (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Of each contender in each round, a fifth to warm up (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Mixin private FiguresFile figures = new FiguresFile();

  private TrainingBenchCommand() {}

  @Override
  public Integer call() {
    if (rounds < 1 || seconds < 1) {
      throw new UserError("a run needs a round and a second", "correct --rounds or --seconds");
    }
    PretrainedModels models = models(lines::say);
    TrainingBench bench = new TrainingBench(rounds, Duration.ofSeconds(seconds));
    List<TrainingReport.Row> rows = new ArrayList<>();
    for (TrainingWorkload.Kind kind :
        kinds.isEmpty() ? List.of(TrainingWorkload.Kind.values()) : kinds) {
      rows.add(bench.run(TrainingWorkload.of(kind, models), Map.of()));
      lines.say("Measured " + kind);
    }
    TrainingReport report = new TrainingReport(rows);
    lines.say(report.text().stripTrailing());
    Path unused = figures.write(report.json());
    return 0;
  }

  /** Pre-trained models, fetched into the user's cache. */
  static PretrainedModels models(Consumer<String> progress) {
    return new PretrainedModels(
        new Packages(
            Packages.defaultCache(System.getenv()),
            new PackageClients(
                System.getenv().getOrDefault("PATH", ""), Folders.ofUser().checkout().orElse(null)),
            progress));
  }
}
