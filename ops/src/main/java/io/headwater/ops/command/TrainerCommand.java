package io.headwater.ops.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What can be told to a pipeline's trainers. */
@Command(
    name = "trainer",
    header = "Tell a pipeline's trainers where to go on.",
    subcommands = TrainerRewindCommand.class)
final class TrainerCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
