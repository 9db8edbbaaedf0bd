package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.Signing;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.http.Health;
import io.headwater.ops.http.HttpEndpoint;
import io.headwater.ops.http.Telemetry;
import io.headwater.ops.models.ModelFiles;
import io.headwater.ops.process.Folders;
import io.headwater.ops.process.StopSignal;
import io.headwater.ops.train.FirstRelease;
import io.headwater.ops.train.LabelledEvents;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicMismatchException;
import io.headwater.trainer.Guard;
import io.headwater.trainer.LabelledEvent;
import io.headwater.trainer.TrainerApp;
import io.headwater.trainer.TrainerOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a trainer until it is stopped, or trains a first version and publishes it. */
@Command(
    name = "train",
    header = "Fine-tune a pipeline's model on its labels, or make its first version.",
    description = {
      "Without --data: runs until it is stopped, trains as labelled examples come in, and promotes"
          + " what is not worse. One trainer a pipeline: a second stands by and takes over when the"
          + " first ends.",
      "With --data: trains a version on a file of labelled events, publishes it without a gate, and"
          + " ends.",
    })
final class TrainCommand implements Callable<Integer>, Daemon {
  private static final Logger LOG = LoggerFactory.getLogger(TrainCommand.class);
  private static final int HTTP_PORT = 8081;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Lines lines = new Lines();
  @Mixin private PipelineOption file = new PipelineOption();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private HttpOptions http = new HttpOptions();
  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private SigningOptions keys = new SigningOptions();

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "Cache of models (default: by pipeline, in the user's state directory).")
  private @Nullable Path stateDir;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = {
        "Labelled events, oldest first: a JSON object a line, each an event with a field 'label'"
            + " besides (a class, or a number where the pipeline's labels are numbers); or tab-separated columns under a line of their names."
      })
  private @Nullable Path data;

  @Option(
      names = "--package",
      paramLabel = "DIR",
      description =
          "With --data: a package that `headwater model import` made, to train or fine-tune as"
              + " training.freeze says (default: the pipeline's model.pretrained, with a new"
              + " head).")
  private @Nullable Path imported;

  @Option(
      names = "--to",
      paramLabel = "STAGE",
      defaultValue = "production",
      description = "With --data: where to publish (default: ${DEFAULT-VALUE}).")
  private Stage stage = Stage.PRODUCTION;

  @Option(
      names = "--if-none",
      description = "With --data: do nothing where the stage has a version already.")
  private boolean ifNone;

  @Override
  public boolean runsOn() {
    return data == null;
  }

  @Override
  public Integer call() throws TopicMismatchException, InterruptedException {
    if (data == null) {
      requireNone("--package", "--to", "--if-none");
    }
    StopSignal stop = StopSignal.listen();
    Pipeline pipeline = file.read();
    ClientSettings settings = cluster.settings();
    device.apply();
    Cluster.verify(pipeline, settings);
    if (data == null) {
      if (!pipeline.feedback().enabled()) {
        throw new UserError(
            "no examples will come: feedback.enabled is false for " + pipeline.name(),
            "train on labelled events with --data, or remove the key");
      }
      requireFiles(pipeline);
      return run(pipeline, settings, stop);
    }
    Path labelled = data;
    int status = stop.orInterrupt(() -> release(pipeline, settings, labelled));
    if (status == StopSignal.STATUS) {
      lines.say("stopped; nothing was published");
    }
    return status;
  }

  /** Files that can't be read would stop the trainer after its start. */
  private static void requireFiles(Pipeline pipeline) {
    try {
      Guard.requireReadable(pipeline);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          String.valueOf(e.getMessage()), "correct that file: a labelled event a line, as JSON", e);
    }
  }

  /** Those that would do nothing. */
  private void requireNone(String... withData) {
    for (String option : withData) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new ParameterException(
            spec.commandLine(),
            option
                + " needs --data FILE, the labelled events to train on; without it a trainer runs on"
                + " what the topics bring");
      }
    }
  }

  private int run(Pipeline pipeline, ClientSettings settings, StopSignal stop)
      throws InterruptedException {
    try (Telemetry telemetry = new Telemetry("trainer", pipeline.name());
        TrainerApp trainer =
            new TrainerApp(
                pipeline,
                settings.prefixed(),
                TrainerOptions.defaults(stateDir(pipeline)),
                keys.signing(LOG::info),
                telemetry.registry(),
                Clock.systemUTC())) {
      Supplier<Health> health = () -> Health.of(trainer.status(), file.firstVersion());
      try (HttpEndpoint endpoint = http.start(HTTP_PORT, telemetry, health)) {
        LOG.info("{} -> {}", pipeline.topics().examples(), pipeline.topics().rollouts());
        LOG.info("metrics and health at {}", endpoint.address());
        device.show(telemetry);
        trainer.start();
        return Run.until(stop, health);
      }
    }
  }

  private int release(Pipeline pipeline, ClientSettings settings, Path labelled) {
    Signing signing = keys.signing(lines::say);
    signing.requireStage(pipeline.name(), stage, Clock.systemUTC().instant());
    if (ifNone && hasVersion(pipeline, settings, signing)) {
      lines.say("%s has a version in %s already".formatted(pipeline.name(), name(stage)));
      return 0;
    }
    List<LabelledEvent> events = LabelledEvents.read(labelled, pipeline.labels());
    FirstRelease release = new FirstRelease(pipeline, Clock.systemUTC());
    ModelPackage untrained =
        imported == null
            ? release.transfer(Pretraining.models(lines::say))
            : release.imported(imported);
    lines.say(
        "%s %s on %,d labelled events"
            .formatted(
                untrained.manifest().getTrained()
                    ? "fine-tuning the trained head of"
                    : "training a new head of",
                untrained.manifest().getModel(),
                events.size()));
    String digest = Digest.of(ModelFiles.read(labelled));
    ModelPackage version = release.train(untrained, events, (done, of) -> {}, digest);
    StageWriter.Written written = release.publish(version, stage, settings.prefixed(), signing);
    version
        .manifest()
        .getMetrics()
        .forEach(metric -> lines.say("  %s %.3f".formatted(metric.getName(), metric.getValue())));
    Lineage lineage = version.manifest().getLineage();
    lines.say("  trained %s: %s".formatted(lineage.getFreeze(), lineage.getFreezeReason()));
    lines.say(
        "version %s is in %s; %,d KiB were published"
            .formatted(Digest.brief(version.version()), name(stage), written.bytes() >> 10));
    return 0;
  }

  private boolean hasVersion(Pipeline pipeline, ClientSettings settings, Signing signing) {
    try (ModelLog log =
        new ModelLog(pipeline.topics(), settings.prefixed(), stateDir(pipeline), signing.trust())) {
      boolean has = log.latest(stage).isPresent();
      if (!has && log.passedOver(stage).isPresent()) {
        throw new UserError(
            "what stage %s holds is refused".formatted(name(stage)),
            String.valueOf(log.passedOver(stage).get().getMessage()));
      }
      return has;
    }
  }

  private Path stateDir(Pipeline pipeline) {
    return stateDir == null
        ? Folders.ofUser().state().resolve("train").resolve(pipeline.name())
        : stateDir;
  }

  private static String name(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }
}
