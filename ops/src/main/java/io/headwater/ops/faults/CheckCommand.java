package io.headwater.ops.faults;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The group of checks of what Headwater promises. */
@Command(
    name = "check",
    header = "Check on this machine what Headwater promises.",
    subcommands = {FaultsCommand.class})
public final class CheckCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private CheckCommand() {}

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
