package io.headwater.ops.command;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in a line what is wrong with how the command was called, and how to learn more. */
final class UsageReport implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException wrong, String[] arguments) {
    CommandLine line = wrong.getCommandLine();
    PrintWriter err = line.getErr();
    err.println(line.getColorScheme().errorText("headwater: " + wrong.getMessage()));
    UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println("Try: " + line.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return line.getCommandSpec().exitCodeOnInvalidInput();
  }
}
