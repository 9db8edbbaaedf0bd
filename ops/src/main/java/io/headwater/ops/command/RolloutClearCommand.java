package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.sign.Signing;
import io.headwater.ops.UserError;
import io.headwater.ops.registry.ByHand;
import io.headwater.ops.registry.Found;
import io.headwater.ops.registry.StagePast;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicMismatchException;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes canaries or shadows out of force. */
@Command(
    name = "clear",
    header = "Take all versions off canary or shadow.",
    description = "Writes a stage record that names none; scorers follow without a restart.")
final class RolloutClearCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private SigningOptions keys = new SigningOptions();

  @Parameters(paramLabel = "STAGE", description = "canary or shadow.")
  private Stage stage = Stage.SHADOW;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "cleared by hand",
      description = "What the record shall say (default: ${DEFAULT-VALUE}).")
  private String reason = "";

  @Override
  public Integer call() throws TopicMismatchException {
    if (stage != Stage.CANARY && stage != Stage.SHADOW) {
      throw new UserError(
          "stage %s is never empty once it held a version".formatted(Found.name(stage)),
          "clear canary or shadow; headwater rollout rollback puts an earlier version in production");
    }
    LogOptions.Place place = log.place();
    Signing signing = keys.signing(spec.commandLine().getOut()::println);
    try (ModelLog opened = place.open(signing.trust().get())) {
      StagePast past = StagePast.read(opened, stage);
      long epoch =
          new ByHand(place.pipeline(), place.client().client(), signing, Clock.systemUTC())
              .clear(past.live(), stage, reason)
              .record()
              .getEpoch();
      spec.commandLine().getOut().printf("%s is empty as of epoch %d%n", Found.name(stage), epoch);
    }
    return 0;
  }
}
