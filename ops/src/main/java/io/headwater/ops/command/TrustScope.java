package io.headwater.ops.command;

import io.headwater.model.sign.TrustedKey;
import io.headwater.schemas.Stage;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what a key is trusted for. */
final class TrustScope {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--pipelines",
      paramLabel = "NAME",
      split = ",",
      description = "Pipelines that it may sign for (default: all).")
  private List<String> pipelines = List.of(TrustedKey.ANY);

  @Option(
      names = "--stages",
      paramLabel = "STAGE",
      split = ",",
      description =
          "Stages that it may sign for: ${COMPLETION-CANDIDATES} (default: all). A trainer that"
              + " promotes by itself needs candidate and production.")
  private List<Stage> stages = List.of(Stage.values());

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Believe nothing signed later, as 2027-01-31T00:00:00Z (default: no end).")
  private @Nullable String until;

  TrustedKey of(TrustedKey key) {
    return new TrustedKey(
        key.name(),
        key.key(),
        new LinkedHashSet<>(pipelines),
        Set.copyOf(EnumSet.copyOf(stages)),
        end(),
        false);
  }

  private @Nullable Instant end() {
    if (until == null) {
      return null;
    }
    try {
      return Instant.parse(until);
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          command.commandLine(), "--until must be a time such as 2027-01-31T00:00:00Z", e);
    }
  }
}
