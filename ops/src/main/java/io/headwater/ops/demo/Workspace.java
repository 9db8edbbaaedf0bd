package io.headwater.ops.demo;

import io.headwater.ops.UserError;
import io.headwater.ops.process.HeldDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory that a run keeps its data in: a temporary one goes with the run, one that the user
 * named stays.
 */
record Workspace(Path path, boolean temporary) implements AutoCloseable {
  private static final HeldDirectory.Holder HOLDER = new HeldDirectory.Holder("demo", "--data-dir");

  /**
   * Makes the directory.
   *
   * @param named the user's; null makes a temporary one
   * @throws UserError where it can't be made, holds something, or lies on a full disk
   */
  static Workspace open(@Nullable Path named) {
    try {
      if (named == null) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        HeldDirectory.requireFreeSpace(temporary, HOLDER);
        return new Workspace(Files.createTempDirectory(temporary, "headwater-demo-"), true);
      }
      Path directory = Files.createDirectories(named).toRealPath();
      HeldDirectory.requireFreeSpace(directory, HOLDER);
      try (Stream<Path> entries = Files.list(directory)) {
        if (entries.findAny().isPresent()) {
          throw new UserError(
              "the directory %s is not empty".formatted(directory),
              "name a new one with --data-dir, or none");
        }
      }
      return new Workspace(directory, false);
    } catch (IOException e) {
      throw new UserError(
          "no directory can be made for the demo's data (%s)".formatted(e),
          "name one that you may write in with --data-dir",
          e);
    }
  }

  @Override
  public void close() {
    if (!temporary) {
      return;
    }
    try (Stream<Path> below = Files.walk(path)) {
      for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UserError(
          "the demo's temporary data can't be removed (%s)".formatted(e), "remove " + path, e);
    }
  }
}
