package io.headwater.ops.broker;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A broker's directory, held by one broker at a time.
 *
 * <p>The hold is a file lock: it ends with the process, however that ends.
 */
final class DataDirectory implements AutoCloseable {
  private static final long LEAST_FREE_MEBIBYTES = 512;

  private final Path directory;
  private final FileChannel lockFile;

  private DataDirectory(Path directory, FileChannel lockFile) {
    this.directory = directory;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory where it is missing, and takes hold of it.
   *
   * @throws UserError where it can't be written, lies on a full disk, or another broker holds it
   */
  static DataDirectory take(Path requested) {
    Path directory = requested.toAbsolutePath().normalize();
    FileChannel lockFile;
    try {
      Files.createDirectories(directory);
      lockFile =
          FileChannel.open(
              directory.resolve("headwater.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UserError(
          "the broker can't write in " + directory,
          "make it a directory that you may write in, or name another with --data",
          e);
    }
    try {
      if (tryLock(lockFile) == null) {
        throw new UserError(
            "another broker is using " + directory,
            "stop it, or name another directory with --data");
      }
      requireFreeSpace(directory);
      return new DataDirectory(directory, lockFile);
    } catch (RuntimeException | IOException e) {
      throw closing(lockFile, e);
    }
  }

  Path logs() {
    return directory.resolve("kafka-logs");
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }

  private static @Nullable FileLock tryLock(FileChannel lockFile) throws IOException {
    try {
      return lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static void requireFreeSpace(Path directory) throws IOException {
    long free = Files.getFileStore(directory).getUsableSpace() >> 20;
    if (free < LEAST_FREE_MEBIBYTES) {
      throw new UserError(
          "only %d MiB are free on the disk of %s, and the broker needs %d"
              .formatted(free, directory, LEAST_FREE_MEBIBYTES),
          "free some, or name a directory on another disk with --data");
    }
  }

  private static RuntimeException closing(FileChannel lockFile, Exception failure) {
    try {
      lockFile.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new UserError(
            "the broker's data directory can't be used (" + failure.getMessage() + ")",
            "name another with --data",
            failure);
  }
}
