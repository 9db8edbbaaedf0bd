package io.headwater.ops.command;

import io.headwater.ops.bench.BenchCommand;
import io.headwater.ops.demo.DemoCommand;
import io.headwater.ops.faults.CheckCommand;
import io.headwater.ops.process.Folders;
import io.headwater.ops.process.LogFile;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line. */
@Command(
    name = "headwater",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    header = "Score streams on Kafka with a transferred model that goes on learning.",
    synopsisHeading = "%nUsage: ",
    synopsisSubcommandLabel = "COMMAND",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    subcommands = {
      DemoCommand.class,
      BrokerCommand.class,
      TopicsCommand.class,
      PipelineCommand.class,
      ModelCommand.class,
      RolloutCommand.class,
      ScoreCommand.class,
      TrainCommand.class,
      TrainerCommand.class,
      KeysCommand.class,
      BenchCommand.class,
      CheckCommand.class,
      CompletionCommand.class,
      VersionCommand.class
    })
public final class HeadwaterCommand implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(HeadwaterCommand.class);
  private static final String FIRST_STEPS =
      """

      First steps:
        headwater demo spam            the whole loop on this machine, on real e-mails
        headwater broker               a Kafka broker to try things on
        headwater COMMAND --help       what a command takes

      Exit status: 0 done, 1 failed, 2 called wrongly.
      """;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print stack traces of failures, too.")
  private boolean debug;

  private HeadwaterCommand() {}

  /** The command line, ready to execute; it never throws. */
  public static CommandLine line() {
    HeadwaterCommand root = new HeadwaterCommand();
    CommandLine line = new CommandLine(root);
    line.setExecutionStrategy(root::execute);
    line.setExecutionExceptionHandler(new FailureReport(() -> root.debug));
    line.setParameterExceptionHandler(new UsageReport());
    line.setUsageHelpAutoWidth(true);
    line.getCommandSpec().usageMessage().footer(FIRST_STEPS.split("\n", -1));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private int execute(ParseResult parsed) {
    List<CommandLine> called = parsed.asCommandLineList();
    Object command = called.get(called.size() - 1).getCommand();
    if (called.size() == 1 || isOffline(called) || helpIsRequested(called)) {
      LogFile.none();
    } else {
      Path log = Folders.ofUser().log(called.get(1).getCommandName());
      if (command instanceof Daemon daemon && daemon.runsOn()) {
        LogFile.openWithTerminal(log);
        LOG.info("log: {}", log);
      } else {
        LogFile.open(log);
      }
    }
    return new RunLast().execute(parsed);
  }

  private static boolean isOffline(List<CommandLine> called) {
    return called.stream().anyMatch(line -> line.getCommand() instanceof Offline);
  }

  private static boolean helpIsRequested(List<CommandLine> called) {
    return called.stream()
        .anyMatch(line -> line.isUsageHelpRequested() || line.isVersionHelpRequested());
  }
}
