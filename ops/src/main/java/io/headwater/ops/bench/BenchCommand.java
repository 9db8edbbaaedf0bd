package io.headwater.ops.bench;

import io.headwater.ops.bench.training.TrainingBenchCommand;
import io.headwater.ops.bench.transfer.TransferBenchCommand;
import io.headwater.ops.gradients.GradientsCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The group of measurements. */
@Command(
    name = "bench",
    header = "Measure Headwater as ratios to its limits on this machine.",
    description = {
      "Each measurement starts a broker of its own, runs what is compared in interleaved rounds, one"
          + " at a time in a JVM of its own, and gives medians. Let nothing else run beside it."
    },
    subcommands = {
      ScoringBenchCommand.class,
      SwapBenchCommand.class,
      ShadowBenchCommand.class,
      JoinBenchCommand.class,
      FreezeBenchCommand.class,
      TrainingBenchCommand.class,
      BesideBenchCommand.class,
      FreshnessBenchCommand.class,
      TransferBenchCommand.class,
      ForgettingBenchCommand.class,
      GradientsCommand.class
    })
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private BenchCommand() {}

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
