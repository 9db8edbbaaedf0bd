package io.headwater.ops.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What can be done with models; each deed is a subcommand in a class of its own. */
@Command(
    name = "model",
    header = "Import, inspect, check, publish, compare, verify and reproduce models.",
    subcommands = {
      ModelImportCommand.class,
      ModelInspectCommand.class,
      ModelCheckCommand.class,
      ModelExportCommand.class,
      ModelPublishCommand.class,
      ModelListCommand.class,
      ModelShowCommand.class,
      ModelDiffCommand.class,
      ModelVerifyCommand.class,
      ModelReproduceCommand.class,
      ModelGcCommand.class
    })
final class ModelCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
