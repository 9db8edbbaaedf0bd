package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Digest;
import io.headwater.model.pipeline.Exclusions;
import io.headwater.model.sign.Signing;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.models.ModelFiles;
import io.headwater.ops.registry.ByHand;
import io.headwater.ops.registry.Found;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicMismatchException;
import io.headwater.trainer.log.DecisionHistory;
import io.headwater.trainer.publish.Rewinds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends learning back to an older version. */
@Command(
    name = "rewind",
    header = "Let training go on from an older version, without examples that spoilt it.",
    description = {
      "Writes a signed record on the candidate stage and a decision. The trainer that is active, and"
          + " any that takes over, starts its trainings from that version until production changes,"
          + " and leaves the named examples out for good. Production is not touched: its next"
          + " version is a candidate that does no worse than what is there, or what rollout rollback"
          + " puts there."
    })
final class TrainerRewindCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Lines lines = new Lines();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private SigningOptions keys = new SigningOptions();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "VERSION",
      description = "Leading digits of the version that learning goes on from.")
  private String digits = "";

  @Option(
      names = "--exclude",
      paramLabel = "WHAT",
      description = {
        "Examples that never train again, as often as needed: source:NAME for a label source's,"
            + " event:ID, file:FILE of event ids, one a line, or examples:PARTITION:FIRST-LAST for a"
            + " stretch of the examples topic."
      })
  private List<String> excluded = List.of();

  @Option(
      names = "--only",
      description = "Admit again what earlier rewinds left out and this one does not name.")
  private boolean only;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "rewound by hand",
      description = "What the record shall say (default: ${DEFAULT-VALUE}).")
  private String reason = "";

  @Override
  public Integer call() throws TopicMismatchException {
    Exclusions exclusions = Exclusions.NONE;
    for (String what : excluded) {
      exclusions = exclusions.and(exclusion(what));
    }
    LogOptions.Place place = log.place();
    Signing signing = keys.signing(lines::say);
    try (ModelLog opened = place.open(signing.trust().get())) {
      Found found = Found.of(digits, () -> opened);
      PublishedVersion version =
          found
              .published()
              .orElseThrow(
                  () ->
                      new UserError(
                          digits + " is a directory; learning goes on from what the log holds",
                          "publish it to stage candidate first: headwater model publish"));
      if (!only) {
        exclusions = earlier(place).and(exclusions);
      }
      StageWriter.Written written =
          new ByHand(place.pipeline(), place.client().client(), signing, Clock.systemUTC())
              .rewind(version, exclusions, reason);
      lines.say(
          "learning goes on from version %s without %s (candidate epoch %d)"
              .formatted(Digest.brief(version.version()), exclusions, written.epoch()));
      opened
          .latest(Stage.PRODUCTION)
          .filter(live -> !live.version().equals(version.version()))
          .ifPresent(live -> sayProduction(live, version));
    }
    return 0;
  }

  private void sayProduction(PublishedVersion live, PublishedVersion version) {
    lines.say(
        "production is still version %s; to put %s there: headwater rollout rollback --to %s"
            .formatted(
                Digest.brief(live.version()),
                Digest.brief(version.version()),
                Digest.brief(version.version())));
  }

  private static Exclusions earlier(LogOptions.Place place) {
    return DecisionHistory.read(place.pipeline().topics(), place.client().client())
        .decisions()
        .stream()
        .map(RolloutDecision::getRewind)
        .filter(Objects::nonNull)
        .reduce((before, after) -> after)
        .map(Rewinds::exclusions)
        .orElse(Exclusions.NONE);
  }

  private Exclusions exclusion(String what) {
    int colon = what.indexOf(':');
    String value = what.substring(colon + 1);
    try {
      return switch (value.isBlank() ? "" : what.substring(0, Math.max(0, colon))) {
        case "source" -> new Exclusions(Set.of(), Set.of(value), List.of());
        case "event" -> new Exclusions(Set.of(value), Set.of(), List.of());
        case "file" -> new Exclusions(lines(Path.of(value)), Set.of(), List.of());
        case "examples" ->
            new Exclusions(Set.of(), Set.of(), List.of(Exclusions.Span.parse(value)));
        default -> throw new IllegalArgumentException("it names no kind");
      };
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--exclude is '%s' (%s); it is source:NAME, event:ID, file:FILE or examples:0:120-180"
              .formatted(what, e.getMessage()),
          e);
    }
  }

  private static Set<String> lines(Path file) {
    return new String(ModelFiles.read(file), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .collect(Collectors.toSet());
  }
}
