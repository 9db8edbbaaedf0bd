package io.headwater.ops.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What a person decides on versions; each deed is a subcommand in a class of its own. */
@Command(
    name = "rollout",
    header = "Promote versions by hand, roll back, and see what was decided.",
    subcommands = {
      RolloutStatusCommand.class,
      RolloutPromoteCommand.class,
      RolloutRollbackCommand.class,
      RolloutClearCommand.class
    })
final class RolloutCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
