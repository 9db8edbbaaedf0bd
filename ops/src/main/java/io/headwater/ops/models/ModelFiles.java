package io.headwater.ops.models;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that the command line is given. */
public final class ModelFiles {
  private static final long MAX_BYTES = Integer.MAX_VALUE - 16;

  private ModelFiles() {}

  /**
   * A whole file.
   *
   * @throws UserError where it can't be read, or is too large for one array
   */
  public static byte[] read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new UserError(file + " is larger than 2 GiB", "export a smaller model");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new UserError(file + " is not there", "name a file that is", e);
    } catch (IOException e) {
      throw new UserError(
          "%s can't be read (%s)".formatted(file, e.getMessage()), "name a readable file", e);
    }
  }
}
