package io.headwater.ops.bench;

import io.headwater.ops.FiguresFile;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.broker.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what new versions cost a scorer that is at work. */
@Command(
    name = "swap",
    header = "How soon a new version scores, and what swapping each second does to latency.",
    description = {
      "A scorer is fed at a steady rate. In each round it is left alone for a while, and given a"
          + " version a second for as long; every other round begins with the swaps. Then --swaps"
          + " versions follow on one another as fast as it takes them. Fails where an event is lost or"
          + " doubled, a version never scores, the scorer counts an error or, without rounds, its"
          + " memory grows with each of 600 swaps or more."
    })
final class SwapBenchCommand implements Callable<Integer> {
  @Mixin private Lines lines = new Lines();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = "minilm_q",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private BenchModel model = BenchModel.minilm_q;

  @Option(
      names = "--trainable",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Trailing segments that each version replaces: 1 is the head alone, 2 a block besides"
              + " (default: ${DEFAULT-VALUE}).")
  private int trainable;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Rounds (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "300",
      description =
          "Versions that follow on one another before rounds (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "Length of each steady and each swapping time (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--swaps",
      paramLabel = "N",
      defaultValue = "0",
      description = "Versions that follow on one another after the rounds (default: none).")
  private int swaps;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "Events a second (default: half of what the scorer masters).")
  private double rate;

  @Option(names = "--events", paramLabel = "N", description = "Events of the flood that tells so.")
  private @Nullable Integer events;

  @Mixin private FiguresFile figures = new FiguresFile();

  private SwapBenchCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    boolean nothing = warmUp < 0 || rounds < 0 || swaps < 0 || rounds + swaps == 0;
    if (nothing || seconds < 1 || trainable < 1 || (events != null && events < 4)) {
      throw new UserError(
          "a run needs rounds or swaps, seconds and trainable segments above 0, and 4 events or more",
          "correct --warm-up, --rounds, --swaps, --seconds, --trainable or --events");
    }
    try (Scratch scratch = Scratch.open();
        LocalRegistry registry = new LocalRegistry();
        BrokerProcess broker = scratch.broker()) {
      Workload workload = model.workload(events, trainable, registry, lines::say);
      SwapReport report =
          new SwapBench(broker.bootstrapServers(), workload, scratch.path(), lines::say)
              .run(
                  new SwapBench.Plan(
                      trainable,
                      rounds == 0 ? 0 : warmUp,
                      rounds,
                      Duration.ofSeconds(seconds),
                      swaps,
                      rate));
      lines.say(report.text());
      Path unused = figures.write(report.json());
      return report.sound() ? 0 : 1;
    }
  }
}
