package io.headwater.ops.command;

import io.headwater.model.pipeline.PipelineFileException;
import io.headwater.model.sign.KeyFileException;
import io.headwater.model.sign.RefusedException;
import io.headwater.ops.UserError;
import io.headwater.ops.process.LogFile;
import io.headwater.schemas.topics.TopicMismatchException;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Says in a line what went wrong and what mends it; the stack trace goes to the log.
 *
 * @param debug whether the stack trace is printed as well
 */
record FailureReport(BooleanSupplier debug) implements IExecutionExceptionHandler {
  @Override
  public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
    LoggerFactory.getLogger(LogFile.FILE_ONLY).error("{} failed", line.getCommandName(), failure);
    PrintWriter err = line.getErr();
    for (String sentence : sentences(failure)) {
      err.println(line.getColorScheme().errorText("headwater: " + sentence));
    }
    if (debug.getAsBoolean()) {
      failure.printStackTrace(err);
    }
    err.flush();
    return line.getCommandSpec().exitCodeOnExecutionException();
  }

  private static List<String> sentences(Exception failure) {
    if (failure instanceof UserError expected) {
      return List.of(expected.getMessage());
    }
    if (failure instanceof KeyFileException || failure instanceof RefusedException) {
      return List.of(String.valueOf(failure.getMessage()));
    }
    if (failure instanceof PipelineFileException wrong) {
      return wrong.problems();
    }
    if (failure instanceof TopicMismatchException mismatch) {
      return mismatch.mismatches();
    }
    if (setting(failure) instanceof ConfigException wrong) {
      return List.of(
          "a Kafka setting is wrong (" + wrong.getMessage() + "): correct it in --command-config");
    }
    return List.of(
        "unexpected failure: "
            + failure
            + "; please report it with its stack trace, which --debug prints");
  }

  private static Throwable setting(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof ConfigException || cause == null ? failure : setting(cause);
  }
}
