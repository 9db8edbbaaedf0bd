package io.headwater.ops.registry;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.PackageDirectory;
import io.headwater.ops.UserError;
import io.headwater.schemas.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A version that a user named, by directory, stage or leading digits.
 *
 * @param published the stage record that names it, where it was found in the log: the last one
 * @param whence where it was found, for people
 */
public record Found(ModelPackage version, Optional<PublishedVersion> published, String whence) {
  private static final int MIN_DIGITS = 4;

  /**
   * Finds a version.
   *
   * @param log opened only where the name is not a directory's
   * @throws UserError where there is none, or the digits are those of several
   */
  public static Found of(String name, Supplier<ModelLog> log) {
    Path path = Path.of(name);
    if (Files.isDirectory(path)) {
      return ofPackage(path);
    }
    Optional<Stage> stage = stage(name);
    if (stage.isPresent()) {
      return ofStage(log.get(), stage.get());
    }
    if (name.matches("[0-9a-fA-F]{" + MIN_DIGITS + ",64}")) {
      return ofDigits(log.get(), name.toLowerCase(Locale.ROOT));
    }
    throw new UserError(
        "'" + name + "' is no directory, no stage and no version",
        "give a package's directory, one of candidate, shadow, canary, production, or at least "
            + MIN_DIGITS
            + " leading digits of a version that `headwater model list` shows");
  }

  /**
   * Reads a package directory.
   *
   * @throws UserError where it is none
   */
  public static Found ofPackage(Path directory) {
    try {
      return new Found(
          PackageDirectory.read(directory), Optional.empty(), "directory " + directory);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          String.valueOf(e.getMessage()), "`headwater model import` makes packages", e);
    }
  }

  /** The version in force on a stage. */
  public static Found ofStage(ModelLog log, Stage stage) {
    return log.latest(stage)
        .map(version -> new Found(version.model(), Optional.of(version), "stage " + name(stage)))
        .orElseThrow(
            () ->
                new UserError(
                    "stage %s has no version that can be followed%s"
                        .formatted(
                            name(stage),
                            log.passedOver(stage).map(e -> " (" + e.getMessage() + ")").orElse("")),
                    "`headwater model publish DIR --to "
                        + name(stage)
                        + "` puts one there, `headwater model list` shows what is where"));
  }

  private static Found ofDigits(ModelLog log, String digits) {
    Map<String, Found> matches = new LinkedHashMap<>();
    for (Stage stage : Stage.values()) {
      log.history(
          stage,
          record ->
              record.live().stream()
                  .filter(version -> version.version().startsWith(digits))
                  .forEach(
                      version ->
                          matches.put(
                              version.version(),
                              new Found(
                                  version.model(),
                                  Optional.of(version),
                                  "stage %s, epoch %d"
                                      .formatted(name(stage), version.record().getEpoch())))),
          refused -> {});
    }
    if (matches.size() == 1) {
      return matches.values().iterator().next();
    }
    throw matches.isEmpty()
        ? new UserError(
            "no stage ever held a version " + digits, "`headwater model list` shows those that did")
        : new UserError(
            digits + " begins " + matches.size() + " versions", "give more of its digits");
  }

  /** The stage of a name, where it is one's. */
  public static Optional<Stage> stage(String name) {
    for (Stage stage : Stage.values()) {
      if (stage.name().equalsIgnoreCase(name)) {
        return Optional.of(stage);
      }
    }
    return Optional.empty();
  }

  public static String name(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }
}
