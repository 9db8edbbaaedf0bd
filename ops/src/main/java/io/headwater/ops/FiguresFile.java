package io.headwater.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names a file for a command's figures. */
public final class FiguresFile {
  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
  private @Nullable Path file;

  /**
   * Writes the figures where a file is named.
   *
   * @return the file, or null where none is named
   * @throws UserError where it can't be written
   */
  public @Nullable Path write(String json) {
    if (file == null) {
      return null;
    }
    try {
      return Files.writeString(file, json.stripTrailing() + "\n");
    } catch (IOException e) {
      throw new UserError(
          "the figures can't be written to %s (%s)".formatted(file, e),
          "name a file in a directory that you may write in with --json",
          e);
    }
  }
}
