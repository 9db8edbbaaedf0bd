package io.headwater.ops.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.ops.UserError;
import io.headwater.ops.broker.BrokerProcess;
import io.headwater.ops.data.PackageClients;
import io.headwater.ops.data.Packages;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.process.Folders;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures scoring throughput. */
@Command(
    name = "scoring",
    header = "Events a second and processor time, against plain Kafka and plain Kafka Streams.",
    description = {
      "All contenders read the same events and write the same bytes, exactly once, with commits every"
          + " 100 ms. A quarter of the events warms up."
    })
final class ScoringBenchCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What can be scored. */
  enum Model {
    minilm("all-minilm-l6-v2", 4_000),
    minilm_q("all-minilm-l6-v2-q", 6_000);

    private final String pretrained;
    private final int events;

    Model(String pretrained, int events) {
      this.pretrained = pretrained;
      this.events = events;
    }
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = "minilm_q",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Model model = Model.minilm_q;

  @Option(names = "--events", paramLabel = "N", description = "Events a round.")
  private @Nullable Integer events;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Stream threads and partitions (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "CONTENDER",
      description = "Leave the others out: ${COMPLETION-CANDIDATES}.")
  private List<Contender> only = List.of(Contender.values());

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
  private @Nullable Path json;

  private ScoringBenchCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Folders folders = Folders.ofUser();
    PretrainedModels models =
        new PretrainedModels(
            new Packages(
                Packages.defaultCache(System.getenv()),
                new PackageClients(
                    System.getenv().getOrDefault("PATH", ""), folders.checkout().orElse(null)),
                line -> say(out, line)));
    Workload workload =
        Workloads.texts(models.fetch(model.pretrained), events == null ? model.events : events);
    try (Scratch scratch = Scratch.open();
        BrokerProcess broker =
            BrokerProcess.start(scratch.path().resolve("broker"), 0, folders.log("bench-broker"))) {
      List<Measured> measured =
          new ScoringBench(broker, workload, threads, scratch.path(), line -> say(out, line))
              .run(only, rounds);
      tell(out, measured);
    }
    return 0;
  }

  private void tell(PrintWriter out, List<Measured> measured) {
    Map<Contender, Double> speeds = new EnumMap<>(Contender.class);
    ObjectNode report = JSON.createObjectNode();
    report.put("model", model.pretrained);
    report.put("rounds", rounds);
    ObjectNode medians = report.putObject("medians");
    say(out, "");
    say(out, "median of " + rounds + " rounds      events/s   CPU-s per million");
    for (Contender contender : only) {
      List<Measured> own = measured.stream().filter(m -> m.contender() == contender).toList();
      double speed = Measured.median(own, Measured::eventsPerSecond);
      double cpu = Measured.median(own, Measured::cpuSecondsPerMillion);
      speeds.put(contender, speed);
      say(
          out,
          String.format(
              Locale.ROOT,
              "%-12s %,16.0f   %12.2f   %s",
              contender,
              speed,
              cpu,
              contender.description()));
      ObjectNode entry = medians.putObject(contender.name().toLowerCase(Locale.ROOT));
      entry.put("eventsPerSecond", speed);
      entry.put("cpuSecondsPerMillion", cpu);
    }
    Double ours = speeds.get(Contender.HEADWATER);
    if (ours != null) {
      ObjectNode ratios = report.putObject("headwaterTo");
      say(out, "");
      speeds.forEach(
          (contender, speed) -> {
            if (contender != Contender.HEADWATER) {
              say(out, String.format(Locale.ROOT, "%.2f of %s", ours / speed, contender));
              ratios.put(contender.name().toLowerCase(Locale.ROOT), ours / speed);
            }
          });
    }
    write(report);
  }

  private void write(ObjectNode report) {
    if (json == null) {
      return;
    }
    try {
      Files.writeString(json, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report));
    } catch (IOException e) {
      throw new UserError(
          "the figures can't be written to %s (%s)".formatted(json, e),
          "name a file in a directory that you may write in with --json",
          e);
    }
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
