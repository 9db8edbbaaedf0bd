package io.headwater.ops.command;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.http.Health;
import io.headwater.ops.http.HttpEndpoint;
import io.headwater.ops.http.Telemetry;
import io.headwater.ops.process.Folders;
import io.headwater.ops.process.HeldDirectory;
import io.headwater.ops.process.StopSignal;
import io.headwater.schemas.topics.TopicMismatchException;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a scorer until it is stopped. */
@Command(
    name = "score",
    header = "Score a pipeline's events and join their labels.",
    description = {
      "Runs until it is stopped. Waits while the pipeline has no trained version in production, and"
          + " takes up each new version, canaries and shadows among them, without a restart. Start"
          + " as many as there are partitions to share the work."
    })
final class ScoreCommand implements Callable<Integer>, Daemon {
  private static final Logger LOG = LoggerFactory.getLogger(ScoreCommand.class);
  private static final HeldDirectory.Holder HOLDER =
      new HeldDirectory.Holder("scorer", "--state-dir");
  private static final int HTTP_PORT = 8080;

  @Mixin private PipelineOption file = new PipelineOption();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private HttpOptions http = new HttpOptions();
  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private KeysOption keys = new KeysOption();

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "Stream threads; each takes partitions of its own, and has another score ahead of it"
              + " (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--shed-shadows-after",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "How long an event may have waited for versions in shadow to score it; behind that the"
              + " served scores come first (default: ${DEFAULT-VALUE}).")
  private long shedShadowsAfter;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description =
          "State of the join and cache of models, for this scorer alone (default: by pipeline, in the"
              + " user's state directory).")
  private @Nullable Path stateDir;

  @Override
  public Integer call() throws TopicMismatchException, InterruptedException {
    StopSignal stop = StopSignal.listen();
    Pipeline pipeline = file.read();
    ClientSettings settings = cluster.settings();
    device.apply();
    Cluster.verify(pipeline, settings);
    try (HeldDirectory state = HeldDirectory.take(stateDir(pipeline), HOLDER);
        Telemetry telemetry = new Telemetry("scorer", pipeline.name());
        ScorerApp scorer =
            new ScorerApp(
                pipeline,
                settings.client(),
                options(state, settings),
                keys.folder().trust(),
                telemetry.registry())) {
      Supplier<Health> health = () -> Health.of(scorer.status(), file.firstVersion());
      try (HttpEndpoint endpoint = http.start(HTTP_PORT, telemetry, health)) {
        LOG.info("{} -> {}", pipeline.topics().events(), pipeline.topics().scores());
        LOG.info("metrics and health at {}", endpoint.address());
        device.show(telemetry);
        scorer.start();
        return Run.until(stop, health);
      }
    }
  }

  private Path stateDir(Pipeline pipeline) {
    return stateDir == null
        ? Folders.ofUser().state().resolve("score").resolve(pipeline.name())
        : stateDir;
  }

  private ScorerOptions options(HeldDirectory state, ClientSettings settings) {
    return ScorerOptions.defaults(state.path())
        .withThreads(threads)
        .withSheddingAfter(Duration.ofSeconds(shedShadowsAfter))
        .withOverrides(settings.overrides());
  }
}
