package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedStage;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.Digest;
import io.headwater.model.sign.Signing;
import io.headwater.ops.UserError;
import io.headwater.ops.registry.ByHand;
import io.headwater.ops.registry.Found;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicMismatchException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a version that stands in the log onto a stage. */
@Command(
    name = "promote",
    header = "Put a version of the log onto a stage, without a gate.",
    description =
        "Writes a new, signed stage record once every blob of the version has been read. Scorers"
            + " take it up without a restart.")
final class RolloutPromoteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private SigningOptions keys = new SigningOptions();

  @Parameters(
      paramLabel = "VERSION|STAGE",
      description = "Leading digits of a version, or the stage whose live version it is.")
  private String name = "";

  @Option(
      names = "--to",
      paramLabel = "STAGE",
      defaultValue = "production",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Stage stage = Stage.PRODUCTION;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "promoted by hand",
      description = "What the record shall say (default: ${DEFAULT-VALUE}).")
  private String reason = "";

  @Option(
      names = "--share",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description =
          "Of the keys that a canary answers for, in (0, 1] (default: ${DEFAULT-VALUE}); the champion"
              + " scores their events too.")
  private double share;

  @Option(
      names = "--beside",
      description = "Keep the stage's other versions: several shadows, or canaries.")
  private boolean beside;

  @Override
  public Integer call() throws TopicMismatchException {
    LogOptions.Place place = log.place();
    Signing signing = keys.signing(spec.commandLine().getOut()::println);
    try (ModelLog opened = place.open(signing.trust().get())) {
      PublishedVersion version =
          Found.of(name, () -> opened)
              .published()
              .orElseThrow(
                  () ->
                      new UserError(
                          name + " is a directory, and only what stands in the log is promoted",
                          "`headwater model publish " + name + " --to STAGE` puts it there"));
      List<PublishedVersion> standing = standing(opened);
      boolean live = standing.stream().anyMatch(other -> other.version().equals(version.version()));
      if (live && stage != Stage.CANARY) {
        throw new UserError(
            "version %s is live in %s already"
                .formatted(Digest.brief(version.version()), Found.name(stage)),
            "`headwater rollout status` shows what is where");
      }
      List<PublishedVersion> others =
          standing.stream()
              .filter(other -> beside && !other.version().equals(version.version()))
              .toList();
      double part = stage == Stage.CANARY ? share : 1;
      PublishedStage written =
          new ByHand(place.pipeline(), place.client().client(), signing, Clock.systemUTC())
              .put(version, others, part, stage, reason);
      spec.commandLine()
          .getOut()
          .printf(
              "version %s is in %s as epoch %d%s%n",
              Digest.brief(version.version()),
              Found.name(stage),
              written.record().getEpoch(),
              others.isEmpty() ? "" : ", beside " + others.size() + " others");
    }
    return 0;
  }

  /** What is live on the stage; empty where nothing is. */
  private List<PublishedVersion> standing(ModelLog log) {
    List<PublishedVersion> last = new ArrayList<>();
    log.history(
        stage,
        record -> {
          last.clear();
          last.addAll(record.live());
        },
        refused -> {});
    return last;
  }
}
