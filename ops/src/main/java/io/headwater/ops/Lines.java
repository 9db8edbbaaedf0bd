package io.headwater.ops;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What a command tells on its standard output, line by line and each at once. */
@Command
public final class Lines {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  public void say(String line) {
    PrintWriter out = command.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
