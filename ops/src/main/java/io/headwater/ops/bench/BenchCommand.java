package io.headwater.ops.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The group of measurements. */
@Command(
    name = "bench",
    header = "Measure Headwater on this machine.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = JoinBenchCommand.class)
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
