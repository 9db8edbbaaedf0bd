package io.headwater.ops.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.ops.UserError;
import io.headwater.ops.process.StopSignal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks exactly-once scoring under faults. */
@Command(
    name = "faults",
    header = "Check that every event is scored exactly once, whatever dies.",
    description = {
      "Starts a broker and two scorers of its own, sends events, swaps versions every 1.5 s, and kills,"
          + " stops and restarts parts. Each event must end in one score, and each score must be"
          + " what the version that it names answers. About a minute; --long takes about 15."
    })
final class FaultsCommand implements Callable<Integer> {
  private static final int SHOWN = 5;
  private static final int MAX_RATE = 100_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--long",
      description = "20 kills, 20 stops in a swap, 4 guests and 3 kills of the broker.")
  private boolean whole;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of the order and the victims (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "400",
      description =
          "Events a second (default: ${DEFAULT-VALUE}). At some thousands, scorers have many in hand"
              + " when they are killed.")
  private int rate;

  @Option(names = "--work", paramLabel = "DIR", description = "Where logs and data are kept.")
  private @Nullable Path work;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (rate < 1 || rate > MAX_RATE) {
      throw new UserError(
          "--rate is %d".formatted(rate),
          "give it from 1 to %d events a second".formatted(MAX_RATE));
    }
    StopSignal stop = StopSignal.listen();
    List<Fault> faults =
        whole ? Fault.schedule(20, 20, 4, 3, seed) : Fault.schedule(3, 1, 1, 1, seed);
    Path folder = work == null ? Files.createTempDirectory("headwater-faults-") : work;
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter progress = json ? spec.commandLine().getErr() : out;
    progress.println("seed %d, logs in %s".formatted(seed, folder));
    progress.flush();
    return stop.orInterrupt(
        () -> {
          long begin = System.nanoTime();
          try (FaultRun run =
              new FaultRun(
                  folder,
                  seed,
                  rate,
                  line -> {
                    progress.println(line);
                    progress.flush();
                  })) {
            Verdict verdict = run.run(faults);
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            out.println(json ? json(verdict, run.swaps(), took) : text(verdict, run.swaps()));
            out.flush();
            return verdict.passed() ? 0 : 1;
          }
        });
  }

  private String text(Verdict verdict, int swaps) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s: %,d events, %,d scored, %d lost, %d doubled, %d unknown, %d wrong, %d dead letters; %d swaps"
            .formatted(
                verdict.passed() ? "PASSED" : "FAILED",
                verdict.sent(),
                verdict.scored(),
                verdict.lost().size(),
                verdict.doubled().size(),
                verdict.unknown().size(),
                verdict.wrong().size(),
                verdict.deadLetters(),
                swaps));
    first(text, "lost", verdict.lost());
    first(text, "doubled", verdict.doubled());
    first(text, "unknown", verdict.unknown());
    first(text, "wrong", verdict.wrong());
    return text.toString();
  }

  private static void first(StringBuilder text, String what, List<String> all) {
    all.stream()
        .limit(SHOWN)
        .forEach(each -> text.append("\n  ").append(what).append(' ').append(each));
  }

  private String json(Verdict verdict, int swaps, Duration took) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("passed", verdict.passed());
    node.put("seed", seed);
    node.put("rate", rate);
    node.put("events", verdict.sent());
    node.put("scored", verdict.scored());
    node.put("lost", verdict.lost().size());
    node.put("doubled", verdict.doubled().size());
    node.put("unknown", verdict.unknown().size());
    node.put("wrong", verdict.wrong().size());
    node.put("deadLetters", verdict.deadLetters());
    node.put("swaps", swaps);
    node.put("seconds", took.toMillis() / 1e3);
    return node.toPrettyString();
  }
}
