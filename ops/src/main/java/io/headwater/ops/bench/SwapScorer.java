package io.headwater.ops.bench;

import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.sign.KeyFolder;
import io.headwater.ops.process.LogFile;
import io.headwater.ops.process.Signals;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The main class of a scorer's own JVM that takes versions of all stages up and sheds no shadow: it
 * scores until standard input ends, and writes down how long each step of each swap took.
 */
final class SwapScorer {
  private SwapScorer() {}

  /**
   * Scores.
   *
   * @param args the plan's file, the log file, the file for the steps
   */
  public static void main(String[] args) throws Exception {
    Signals.ignoreStop();
    LogFile.open(Path.of(args[1]));
    RoundPlan plan = RoundPlan.read(Path.of(args[0]));
    AutoCloseable samples = CpuSamples.into(Path.of(plan.samples()));
    StepLog steps = new StepLog(Path.of(args[2]));
    ScorerOptions options =
        ScorerOptions.defaults(Path.of(plan.work()))
            .withThreads(plan.threads())
            .withCommitInterval(plan.commitInterval())
            // Floods are old by the time that they are scored.
            .withSheddingAfter(Duration.ofDays(1))
            .withOverrides(Map.of("streams.application.id", plan.application()));
    ScorerApp scorer =
        new ScorerApp(
            PipelineFile.read(Path.of(plan.pipelineFile())),
            plan.client(),
            options,
            new KeyFolder(Path.of(plan.keys())).trust(),
            steps);
    scorer.start();
    RoundChild.awaitEndOfInput();
    scorer.close();
    samples.close();
    steps.close();
    Runtime.getRuntime().halt(0);
  }
}
