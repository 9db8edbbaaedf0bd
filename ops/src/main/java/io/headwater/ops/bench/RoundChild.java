package io.headwater.ops.bench;

import io.headwater.model.pack.PackageDirectory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.sign.KeyFolder;
import io.headwater.ops.http.Telemetry;
import io.headwater.ops.process.LogFile;
import io.headwater.ops.process.Signals;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The main class of one contender's own JVM: runs it until standard input ends, so that no
 * contender has another's compiled code, heap or threads about it.
 */
final class RoundChild {
  private RoundChild() {}

  /**
   * Runs a round.
   *
   * @param args the plan's file, the log file
   */
  public static void main(String[] args) throws Exception {
    Signals.ignoreStop();
    LogFile.open(Path.of(args[1]));
    RoundPlan plan = RoundPlan.read(Path.of(args[0]));
    AutoCloseable samples = CpuSamples.into(Path.of(plan.samples()));
    AutoCloseable contender = start(plan);
    awaitEndOfInput();
    contender.close();
    samples.close();
    Runtime.getRuntime().halt(0);
  }

  private static AutoCloseable start(RoundPlan plan) {
    Pipeline pipeline = PipelineFile.read(Path.of(plan.pipelineFile()));
    return switch (plan.contender()) {
      case RAW -> new RawLoop(plan, byHand(plan, pipeline, plan.batch()));
      case COPY -> {
        byte[] sample = sample(plan, pipeline);
        yield new PlainLoop(plan, records -> records.stream().map(record -> sample).toList());
      }
      case PLAIN -> {
        ByHand hand = byHand(plan, pipeline, plan.batch());
        yield new PlainLoop(
            plan, records -> hand.score(records.stream().map(ConsumerRecord::value).toList()));
      }
      case PASSTHROUGH -> {
        byte[] sample = sample(plan, pipeline);
        yield new StreamsContender(plan, () -> value -> sample);
      }
      case PER_RECORD -> {
        ByHand hand = byHand(plan, pipeline, 1);
        yield new StreamsContender(plan, () -> value -> hand.score(List.of(value)).get(0));
      }
      case HEADWATER, JOINING -> headwater(plan, pipeline);
    };
  }

  private static ByHand byHand(RoundPlan plan, Pipeline pipeline, int batch) {
    return new ByHand(pipeline, PackageDirectory.read(Path.of(plan.model())), batch);
  }

  /** A score's bytes, for those that write what they did not score. */
  private static byte[] sample(RoundPlan plan, Pipeline pipeline) {
    try (ByHand hand = byHand(plan, pipeline, 1)) {
      return hand.score(List.of(plan.sampleEvent())).get(0);
    }
  }

  private static AutoCloseable headwater(RoundPlan plan, Pipeline pipeline) {
    Map<String, String> overrides = new HashMap<>();
    overrides.put("streams.application.id", plan.application());
    plan.producer().forEach((name, value) -> overrides.put("producer." + name, value));
    ScorerOptions options =
        ScorerOptions.defaults(Path.of(plan.work()))
            .withThreads(plan.threads())
            .withCommitInterval(plan.commitInterval())
            .withOverrides(overrides);
    Telemetry telemetry = new Telemetry("scorer", pipeline.name());
    ScorerApp scorer =
        new ScorerApp(
            pipeline,
            plan.client(),
            options,
            new KeyFolder(Path.of(plan.keys())).trust(),
            telemetry.registry());
    scorer.start();
    return () -> {
      scorer.close();
      telemetry.close();
    };
  }

  static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // Only the end has a meaning.
    }
  }
}
