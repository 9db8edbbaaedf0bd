package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Digest;
import io.headwater.model.sign.Signing;
import io.headwater.ops.registry.ByHand;
import io.headwater.ops.registry.Found;
import io.headwater.ops.registry.StagePast;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicMismatchException;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts an earlier version of a stage in force again. */
@Command(
    name = "rollback",
    header = "Put an earlier version of a stage in force again, without a gate.",
    description = {
      "Writes a new stage record that names the earlier version; nothing is deleted. Without --to it"
          + " is the version that stood there before the live one first came, so that rolling back"
          + " twice goes further back, never forward."
    })
final class RolloutRollbackCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private SigningOptions keys = new SigningOptions();

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      defaultValue = "production",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Stage stage = Stage.PRODUCTION;

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      description = "Leading digits of the version, one that was in force on the stage.")
  private @Nullable String digits;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "rolled back by hand",
      description = "What the record shall say (default: ${DEFAULT-VALUE}).")
  private String reason = "";

  @Override
  public Integer call() throws TopicMismatchException {
    LogOptions.Place place = log.place();
    Signing signing = keys.signing(spec.commandLine().getOut()::println);
    try (ModelLog opened = place.open(signing.trust().get())) {
      StagePast past = StagePast.read(opened, stage);
      PublishedVersion earlier = digits == null ? past.before() : past.named(digits);
      StageWriter.Written written =
          new ByHand(place.pipeline(), place.client().client(), signing, Clock.systemUTC())
              .put(earlier, stage, RolloutAction.ROLLBACK, reason);
      spec.commandLine()
          .getOut()
          .printf(
              "%s is back at version %s as epoch %d, in place of %s%n",
              Found.name(stage),
              Digest.brief(earlier.version()),
              written.epoch(),
              Digest.brief(past.live().version()));
    }
    return 0;
  }
}
