package io.headwater.ops.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints which Headwater this is. */
@Command(name = "version", header = "Print the versions of Headwater, Kafka and Java.")
final class VersionCommand implements Runnable, Offline {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    for (String line : new Version().getVersion()) {
      spec.commandLine().getOut().println(line);
    }
  }
}
