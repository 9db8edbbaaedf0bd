package io.headwater.ops.command;

import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Digest;
import io.headwater.ops.registry.ByHand;
import io.headwater.ops.registry.Found;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicMismatchException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Publishes a package to a stage. */
@Command(
    name = "publish",
    header = "Publish a model package to a stage.",
    description =
        "Sends the blobs that the log lacks, and the stage record, in one transaction. Scorers take"
            + " up what is published to production at once and without a gate.")
final class ModelPublishCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private SigningOptions keys = new SigningOptions();

  @Parameters(paramLabel = "DIR", description = "The package.")
  private Path directory = Path.of("");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "STAGE",
      description = "One of ${COMPLETION-CANDIDATES}; an untrained head goes to candidate alone.")
  private Stage stage = Stage.CANDIDATE;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "published by hand",
      description = "What the record shall say (default: ${DEFAULT-VALUE}).")
  private String reason = "";

  @Option(
      names = "--whole",
      description = "Send all blobs, even those that the log should hold: mends a damaged log.")
  private boolean whole;

  @Override
  public Integer call() throws TopicMismatchException {
    Found found = Found.ofPackage(directory);
    LogOptions.Place place = log.place();
    ByHand hand =
        new ByHand(
            place.pipeline(),
            place.client().client(),
            keys.signing(spec.commandLine().getOut()::println),
            Clock.systemUTC());
    StageWriter.Written written = hand.publish(found.version(), stage, reason, whole);
    spec.commandLine()
        .getOut()
        .printf(
            "version %s is in %s as epoch %d; %,d KiB were published%n",
            Digest.brief(found.version().version()),
            Found.name(stage),
            written.epoch(),
            written.bytes() >> 10);
    return 0;
  }
}
