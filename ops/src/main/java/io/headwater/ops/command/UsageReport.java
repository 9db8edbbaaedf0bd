package io.headwater.ops.command;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in a line what is wrong with how the command was called, and how to learn more. */
final class UsageReport implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException wrong, String[] arguments) {
    CommandLine line = wrong.getCommandLine();
    ParameterException first = unknownFirst(wrong);
    PrintWriter err = line.getErr();
    err.println(line.getColorScheme().errorText("headwater: " + first.getMessage()));
    UnmatchedArgumentException.printSuggestions(first, err);
    err.println("Try: " + line.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return line.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** An option that is missing may be there with a slip in its name, which says more. */
  private static ParameterException unknownFirst(ParameterException wrong) {
    List<String> unknown = wrong.getCommandLine().getUnmatchedArguments();
    return unknown.isEmpty()
        ? wrong
        : new UnmatchedArgumentException(wrong.getCommandLine(), unknown);
  }
}
