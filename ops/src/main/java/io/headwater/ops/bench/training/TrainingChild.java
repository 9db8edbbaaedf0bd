package io.headwater.ops.bench.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.process.LogFile;
import io.headwater.ops.process.Signals;
import io.headwater.trainer.Budget;
import io.headwater.trainer.tune.HeadTuner;
import io.headwater.trainer.tune.TuneOutcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * The main class of a JVM that trains a block while it is told to: {@code on} and {@code off}, a
 * line each, on standard input. Its file says how many steps it has made, and ends up with all of
 * them.
 */
public final class TrainingChild {
  private static final int ENDLESS = 1 << 20;

  private TrainingChild() {}

  /**
   * Trains.
   *
   * @param args the log file, the file for the number of steps, {@code training.budget}
   */
  public static void main(String[] args) throws Exception {
    Signals.ignoreStop();
    LogFile.open(Path.of(args[0]));
    Path steps = Path.of(args[1]);
    TrainingWorkload workload =
        TrainingWorkload.of(
            TrainingWorkload.Kind.last_block, TrainingBenchCommand.models(line -> {}));
    Files.writeString(steps, "0");
    Switch training = new Switch();
    Thread reader = new Thread(training::read, "switch");
    reader.start();
    Pipeline.Training budget = PipelineFile.parse("bench.yaml", yaml(args[2])).training();
    AtomicLong made = new AtomicLong();
    while (training.awaitOn()) {
      BooleanSupplier paced = Budget.of(budget, () -> !training.on);
      BooleanSupplier counted =
          () -> {
            boolean stop = paced.getAsBoolean();
            made.addAndGet(stop ? 0 : 1);
            return stop;
          };
      try {
        TuneOutcome unused =
            HeadTuner.tune(
                workload.steps().head(),
                workload.steps().set(),
                workload.steps().settings().lasting(ENDLESS),
                counted);
      } catch (CancellationException e) {
        Files.writeString(steps, Long.toString(made.get()));
      }
    }
    Runtime.getRuntime().halt(0);
  }

  private static String yaml(String budget) {
    return """
        pipeline: bench.beside
        features: { text: { type: text, fields: [text] } }
        model: { pretrained: all-minilm-l6-v2 }
        labels: [negative, positive]
        training: { budget: %s }
        """
        .formatted(budget);
  }

  /** Whether to train, as standard input says. */
  private static final class Switch {
    private volatile boolean on;
    private boolean ended;

    private void read() {
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          turn(line.equals("on"), false);
        }
      } catch (IOException e) {
        // The parent has gone.
      }
      turn(false, true);
    }

    private synchronized void turn(boolean to, boolean end) {
      on = to;
      ended = end;
      notifyAll();
    }

    private synchronized boolean awaitOn() throws InterruptedException {
      while (!on && !ended) {
        wait();
      }
      return !ended;
    }
  }
}
