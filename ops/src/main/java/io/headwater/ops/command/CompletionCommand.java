package io.headwater.ops.command;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a script that completes this command line in bash and zsh. */
@Command(
    name = "completion",
    header = "Print a completion script for bash and zsh.",
    description = "Try it with: source <(headwater completion)")
final class CompletionCommand implements Runnable, Offline {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().getOut().print(AutoComplete.bash("headwater", spec.root().commandLine()));
    spec.commandLine().getOut().flush();
  }
}
